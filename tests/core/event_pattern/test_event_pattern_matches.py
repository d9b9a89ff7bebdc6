"""What event patterns match: the rows that were recorded of AWS, those of its rule library, and what follows."""

from __future__ import annotations

import json

import pytest

from minicloud.core.event_pattern.errors import EventPatternError
from minicloud.core.event_pattern.grammar import MAPPING_OPERATORS
from minicloud.core.event_pattern.matcher import compile_pattern, document_of
from minicloud.core.event_pattern.values import read_event

LEVELS = '{"level1":{"level2":{"level3":{"level4":[{"exists":false}]}}}}'
RECORDS = '{"Records":{"name":["put"],"key":[{"prefix":"in/"}]}}'

# A pattern (or an array, for the field "v"), the events that match it, and those that do not (or values of "v").
ROWS = [
    # strings: exactly, by code unit
    ('["abc"]', ['"abc"'], ['"Abc"', '"abc "', '""', "null", '["ab"]', '{"v": "abc"}']),
    ('["\\u00e9"]', ['"é"'], ['"e\\u0301"', '"e"']),  # composed, and an e with a combining accent
    ('["😀"]', ['"😀"', '"\\ud83d\\ude00"'], ['"\\ud83d"']),
    ('[""]', ['""', '["x", ""]'], ["null", "[]", '" "']),
    # addresses, in whatever writing
    ('["2001:db8::1"]', ['"2001:db8::1"', '"2001:DB8:0:0::0001"', '["x", "2001:db8:0::1"]'], ['"2001:db8::2"']),
    ('["10.0.0.1"]', ['"10.0.0.1"', '"010.0.0.01"'], ['"10.0.0.2"', "10.0"]),
    ('[{"exactly":"10.0.0.1"}]', ['"10.0.0.1"'], ['"010.0.0.01"']),
    # literals
    ("[null]", ["null", "[1, null]"], ['"null"', "[]", "{}", "0", "false", '""']),
    ("[true]", ["true"], ['"true"', "1", "false", "null"]),
    ("[false, 0]", ["false", "0", "0.0", "-0.0"], ['""', "null", "true"]),
    # numbers: as doubles, and by text where a double does not do
    ("[300]", ["300", "300.0", "3e2", "3.0E+2", "[1, [300]]"], ['"300"', "301", "300.0000000001", "null"]),
    ("[1]", ["1"], ["true", '"1"']),
    ("[0.1]", ["0.1", "0.10", "1e-1"], ["0.1000000000000000055511151231257827", "0.2"]),
    ("[9007199254740993]", ["9007199254740993"], ["9007199254740992", "9007199254740993.0", "9007199254740994"]),
    ("[9007199254740992]", ["9007199254740992", "9007199254740992.0"], ["9007199254740993"]),
    ("[1e400]", ["1e400"], ["1E400", "1e401"]),
    ("[1e-99999999999999999999]", ["1e-99999999999999999999"], ["0", "1e-9999"]),
    ("[12345678901234567890]", ["12345678901234567890"], ["12345678901234567891", "1234567890123456789e1"]),
    # prefix and suffix
    ('[{"prefix":"ab"}]', ['"ab"', '"abc"', '["x", "abx"]'], ['"Ab"', '"a"', "12", "null"]),
    ('[{"prefix":""}]', ['""', '"x"'], ["null", "1", "[]"]),
    ('[{"suffix":".png"}]', ['"a.png"', '".png"'], ['"a.PNG"', '"png"', "1"]),
    ('[{"suffix":""}]', ['""', '"x"'], ["null", "true"]),
    ('[{"prefix":{"equals-ignore-case":"aB"}}]', ['"ABc"', '"ab"'], ['"a"', '"xab"', "1"]),
    ('[{"suffix":{"equals-ignore-case":".PnG"}}]', ['"a.png"', '"A.PNG"'], ['"a.pn"', "null"]),
    ('[{"prefix":"1"}]', ['"12"'], ["12"]),
    # of any case
    ('[{"equals-ignore-case":"aBc"}]', ['"ABC"', '"abc"'], ['"ab"', "null"]),
    ('[{"equals-ignore-case":""}]', ['""'], ['"a"', "null"]),
    # wildcards
    ('[{"wildcard":"a*c"}]', ['"ac"', '"abc"', '"acbc"'], ['"ab"', '"xac"', '"Ac"', "1"]),
    ('[{"wildcard":"*"}]', ['""', '"x"'], ["1", "null"]),
    ('[{"wildcard":""}]', ['""'], ['"x"']),
    ('[{"wildcard":"a\\\\*b"}]', ['"a*b"'], ['"axb"', '"a\\\\*b"']),
    ('[{"wildcard":"a\\\\\\\\*"}]', ['"a\\\\"', '"a\\\\bc"'], ['"a*"', '"ab"']),
    (
        '[{"wildcard":"arn:aws:events:us-east-1:*:event-bus/*"}]',
        ['"arn:aws:events:us-east-1:123456789012:event-bus/default"'],
        ['"arn:aws:events:us-east-2:123456789012:event-bus/default"'],
    ),
    (
        '[{"wildcard":"/Users/*/dir/dir/dir/dir/dir/doc.txt"}]',
        ['"/Users/x/dir/dir/dir/dir/dir/doc.txt"', '"/Users/dir/dir/dir/dir/dir/dir/doc.txt"'],
        ['"/Users/x/dir/dir/dir/dir/doc.txt"'],
    ),
    # numeric
    ('[{"numeric":[">",100]}]', ["101", "100.5", "101.0", "1e3"], ["100", '"300"', "null", "true", "[]", "{}"]),
    ('[{"numeric":["=",3]}]', ["3", "3.0"], ['"3"', "4"]),
    ('[{"numeric":["<",0]}]', ["-1", "-1e300", "-5e-324"], ["0", "-0.0", "1"]),
    ('[{"numeric":["<=",0]}]', ["0", "-1"], ["5e-324"]),
    ('[{"numeric":[">=",1.5]}]', ["1.5", "2"], ["1.4999999999999998"]),
    ('[{"numeric":[">",0,"<=",5]}]', ["5", "0.1"], ["0", "5.1", "-1", "4.00000000000000000001"]),
    ('[{"numeric":[">=",0,"<",5]}]', ["0", "4.9"], ["5", "-0.1"]),
    # anything-but
    ('[{"anything-but":["stopped"]}]', ["null", '"running"', "1", '["stopped", "x"]'], ['"stopped"', "[]", "{}"]),
    ('[{"anything-but":"a"}]', ['"A"', "true", '""'], ['"a"']),
    ('[{"anything-but":0}]', ["789", '"0"', "null", "false"], ["0", "0.0"]),
    ('[{"anything-but":[1, 2]}]', ["3", '"1"'], ["1", "2.0"]),
    ('[{"anything-but":{"prefix":"init"}}]', ["12", "null", '"x"'], ['"init"', '"initial"']),
    ('[{"anything-but":{"prefix":["a","b"]}}]', ['"c"'], ['"ax"', '"b"']),
    ('[{"anything-but":{"suffix":".png"}}]', ['"a"'], ['"a.png"']),
    ('[{"anything-but":{"suffix":["x","y"]}}]', ['"z"', "1"], ['"ax"', '"y"']),
    ('[{"anything-but":{"wildcard":"*/bin/*"}}]', ['"/usr/lib"'], ['"/usr/bin/x"']),
    ('[{"anything-but":{"wildcard":["a*","*z"]}}]', ['"b"'], ['"ab"', '"bz"']),
    ('[{"anything-but":{"equals-ignore-case":"aB"}}]', ['"a"', "null"], ['"AB"']),
    ('[{"anything-but":{"equals-ignore-case":["aB","c"]}}]', ['"d"', '"a"'], ['"ab"', '"C"']),
    ('[{"anything-but":{"equals-ignore-case":""}}]', ['"a"', "null"], ['""']),
    # exists: leaves only
    ('[{"exists":true}]', ["null", '""', "0", "[1]", "false"], ["[]", "{}", '{"x": 1}', "[{}]"]),
    ('[{"exists":false}]', ["[]", "{}", '{"x": 1}', "[[]]"], ["null", '""', "0"]),
    # cidr
    ('[{"cidr":"10.0.0.0/24"}]', ['"10.0.0.255"', '"10.0.0.0"'], ['"10.0.1.0"', '"10.0.0.256"', "10", '"x"']),
    ('[{"cidr":"10.0.0.77/24"}]', ['"10.0.0.1"'], ['"10.0.1.1"']),
    ('[{"cidr":"0.0.0.0/0"}]', ['"1.2.3.4"'], ['"::1"', '"1.2.3"']),
    (
        '[{"cidr":"2001:db8::/32"}]',
        ['"2001:db8::1"', '"2001:0DB8:ffff:ffff:ffff:ffff:ffff:ffff"', '"2001:db8::10.0.0.1"'],
        ['"2001:db9::1"', '"10.0.0.1"'],
    ),
    # in one array, one is enough
    ('[{"numeric":[">",100]},{"anything-but":"101"}]', ['"42"', "101", "1"], ['"101"']),
    ('["x",{"exists":false},{"prefix":"y"}]', ['"x"', '"yz"', "[]"], ['"z"', "null"]),
    # fields: all of them
    ('{"a":[1],"b":["x"]}', ['{"a":1,"b":"x","c":2}'], ['{"a":1}', '{"a":1,"b":"y"}', "{}"]),
    ('{"A":[1]}', ['{"A":1}'], ['{"a":1}']),
    ('{"a":{"b":[1]},"c":[2]}', ['{"a":{"b":1,"x":0},"c":[2,3]}'], ['{"a":1,"c":2}', '{"b":1,"c":2}']),
    # a dot in a key is nesting
    ('{"state":{"status":["running"]}}', ['{"state.status":"running"}', '{"state":{"status":"running"}}'], ["{}"]),
    ('{"state.status":["running"]}', ['{"state":{"status":"running"}}'], ['{"state.status":{"status":"running"}}']),
    ('{"a.b":{"c":[1]}}', ['{"a":{"b.c":1}}', '{"a":{"b":{"c":1}}}', '{"a.b.c":1}'], ['{"a":{"c":1}}']),
    ('{"a":{"b":[1]}}', ['{"a.b":1,"a":{"b":2}}', '{"a.b":2,"a":{"b":1}}'], ['{"a.b":2,"a":{"b":3}}']),
    ('{"":{"a":[1]}}', ['{"":{"a":1}}', '{".a":1}'], ['{"a":1}', '{"":1}']),
    ('{"a":[1],"":["x"]}', ['{"a":1,"":"x"}'], ['{"a":1}', '{"a":1,"":"y"}', '{"":{"a":1,"":"x"}}']),
    # what is absent, whyever
    (
        LEVELS,
        ['{"level1":{"level2":"x"}}', "{}", '{"level1":{"level2":{"level3":{}}}}'],
        ['{"level1":{"level2":{"level3":{"level4":1}}}}'],
    ),
    ('{"a":[{"exists":false}],"b":["x"]}', ['{"b":"x"}'], ['{"a":1,"b":"x"}', "{}"]),
    # arrays, flattened; several fields under an array of objects hold in one element
    ('{"a":{"id":[{"exists":true}]}}', ['{"a":[{"x":1},{"id":2}]}'], ['{"a":[{"x":1}]}', '{"a":[]}']),
    (
        RECORDS,
        [
            '{"Records":[{"name":"put","key":"in/x"}]}',
            '{"Records":[{"name":"get","key":"in/x"},{"name":"put","key":["out/y","in/z"]}]}',
            '{"Records":{"name":"put","key":"in/x"}}',
        ],
        ['{"Records":[{"name":"get","key":"in/x"},{"name":"put","key":"out/y"}]}', '{"Records":[]}'],
    ),
    (
        '{"a":{"b":{"x":[1]},"c":{"y":[2]}}}',
        ['{"a":[{"b":[{"x":0},{"x":1}],"c":[{"y":2}]}]}'],
        ['{"a":[{"b":[{"x":1}]},{"c":[{"y":2}]}]}'],
    ),
    ('{"a":{"x":[1],"y":[{"exists":false}]}}', ['{"a":[{"x":1},{"z":2}]}'], ['{"a":[{"x":1},{"y":2}]}']),
    # JSON inside of a string is a string
    ('{"detail":{"a":[1]}}', ['{"detail":{"a":1}}'], ['{"detail":"{\\"a\\":1}"}']),
    # a key, or a path, that comes twice: the last counts, also in events
    ('{"a":[1],"a":[2]}', ['{"a":2}', '{"a":1,"a":2}'], ['{"a":1}', '{"a":2,"a":1}']),
    ('{"a":{"b":[1]},"a":{"c":[2]}}', ['{"a":{"b":1,"c":2}}'], ['{"a":{"c":2}}', '{"a":{"b":1}}']),
    ('{"a":{"b":[1]},"a.b":[2]}', ['{"a":{"b":2}}'], ['{"a":{"b":1}}']),
    # $or
    (
        '{"$or":[{"a":[1]},{"b":[{"numeric":[">",5]}]}],"c":["x"]}',
        ['{"a":1,"c":"x"}', '{"b":6,"c":"x"}'],
        ['{"a":1}', '{"a":2,"b":5,"c":"x"}'],
    ),
    (
        '{"detail":{"$or":[{"a":[1]},{"b":{"c":[2]}}],"d":[3]}}',
        ['{"detail":{"a":1,"d":3}}', '{"detail":{"b":{"c":2},"d":3}}'],
        ['{"detail":{"d":3}}', '{"a":1,"d":3}'],
    ),
    (
        '{"$or":[{"a":[1]},{"$or":[{"b":[2]},{"c":[3]}],"d":[4]}],"x":{"$or":[{"y":[5]},{"z":[6]}]}}',
        ['{"a":1,"x":{"y":5}}', '{"c":3,"d":4,"x":{"z":6}}'],
        ['{"c":3,"x":{"z":6}}', '{"a":1}', '{"x":{"y":5}}'],
    ),
    # the alternatives that name a path replace what was asked of it before, and are replaced by what comes after
    ('{"a":[1],"$or":[{"a":[2]},{"b":[3]}]}', ['{"a":2}', '{"a":1,"b":3}'], ['{"a":1}', '{"a":3,"b":3}']),
    ('{"$or":[{"a":[1]},{"b":[2]}],"a":[3]}', ['{"a":3}', '{"a":3,"b":9}'], ['{"a":1}', '{"b":2}']),
    (
        '{"$or":[{"a":[1]},{"b":[2]}],"$or":[{"a":[3]},{"c":[4]}]}',
        ['{"a":3}', '{"a":1,"c":4}', '{"b":2,"c":4}'],
        ['{"a":1}', '{"c":4}', '{"b":2}'],
    ),
    (
        '{"Records":{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}}',
        ['{"Records":[{"a":1},{"b":2,"c":3}]}'],
        ['{"Records":[{"a":1,"b":2},{"c":3}]}'],
    ),
    # a field of a reserved name is one like others, outside of $or
    ('{"prefix":[1],"numeric":{"=":[2]}}', ['{"prefix":1,"numeric":{"=":2}}'], ['{"prefix":1}']),
]


def test_what_a_pattern_matches():
    wrong = []
    for pattern, matching, others in ROWS:
        of_value = pattern[0] == "["
        compiled = compile_pattern(f'{{"v": {pattern}}}' if of_value else pattern)
        for text in (*matching, *others):
            event = read_event(f'{{"v": {text}}}' if of_value else text)
            if compiled.matches(event) is not (text in matching):
                wrong.append((pattern, text))
        if of_value and compiled.accepts(document_of({"w": 1})) is not ('{"exists":false}' in pattern):
            wrong.append((pattern, "no value"))
    assert wrong == []


def test_an_event_may_come_from_python_s_own_reader():
    pattern = compile_pattern('{"v": [300, 9007199254740993, true, {"numeric": ["<", -5]}]}')
    values = [300.0, 300, 9007199254740993, True, -5.5, -(10**17), -(10**400), float("-inf"), 1, 10**5000, 2**53]
    assert [pattern.matches({"v": value}) for value in values] == [True] * 6 + [False] * 5


@pytest.mark.parametrize("event", [[], "x", 1, None, True, [{"a": 1}]])
def test_what_is_not_an_object_matches_nothing(event):
    assert not compile_pattern('{"a": [{"exists": false}]}').matches(event)


@pytest.mark.parametrize(
    "value",
    [
        '"a"',
        '""',
        "1",
        "null",
        "true",
        '{"prefix":"a"}',
        '{"suffix":"z"}',
        '{"anything-but":["a"]}',
        '{"anything-but":1}',
        '{"numeric":[">",10,"<=",20]}',
        '{"exists":false}',
        '{"equals-ignore-case":"x"}',
    ],
)
def test_what_a_filter_of_a_mapping_may_use(value):
    compile_pattern(f'{{"body":{{"a":[{value}]}}}}', MAPPING_OPERATORS)
    compile_pattern(f'{{"$or":[{{"a":[{value}]}},{{"b":[1]}}]}}', MAPPING_OPERATORS)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('{"wildcard":"a*"}', "Unrecognized match type wildcard"),
        ('{"cidr":"10.0.0.0/8"}', "Unrecognized match type cidr"),
        ('{"exactly":"a"}', "Unrecognized match type exactly"),
        ('{"anything-but":{"prefix":"a"}}', "Unsupported anything-but pattern: prefix"),
        ('{"prefix":{"equals-ignore-case":"a"}}', "prefix match pattern must be a string"),
    ],
)
def test_what_only_a_rule_may_use(value, reason):
    text = json.dumps({"body": {"a": [json.loads(value)]}})
    compile_pattern(text)
    with pytest.raises(EventPatternError) as caught:
        compile_pattern(text, MAPPING_OPERATORS)
    assert caught.value.reason == reason


def test_what_is_met_outside_of_arrays_leaves_the_rest_to_be_met() -> None:
    """Whichever of the clauses comes first."""
    one, other = {"a": "x", "l": [{"b": "y", "c": "z"}, {"b": "n", "c": "w"}]}, {"a": "x", "l": [{"b": "y", "c": "w"}]}
    for clauses in ({"a": ["x"], "l": {"b": ["y"], "c": ["w"]}}, {"l": {"b": ["y"], "c": ["w"]}, "a": ["x"]}):
        pattern = compile_pattern(json.dumps({"detail": clauses}))
        assert not pattern.matches({"detail": one})
        assert pattern.matches({"detail": other})
        assert not pattern.matches({"detail": {**other, "a": "n"}})

"""Every text with which SNS refuses a filter policy, exact; called with its blanks by name, it is the error to raise.

The caller's ``prefix`` (``Attributes Reason: `` or nothing) stands before ``FilterPolicy: ``. The errors of the parser
also have a blank ``at``, the location: ``Tokens.refuse`` fills it in. No text of an error stands anywhere else in this
folder.
"""

from __future__ import annotations

from ....core.error_text import ErrorText
from ..errors import INVALID_PARAMETER, aws_error

__all__: list[str] = []


def _whole(text: str) -> ErrorText:
    return ErrorText(aws_error, "InvalidParameter", text, INVALID_PARAMETER)


def _refused(text: str) -> ErrorText:
    return _whole("FilterPolicy: " + text)


def _located(text: str) -> ErrorText:
    return _refused(text + "{at}")


# --- outside of the parser: without a location -----------------------------------------------------------------------

json = _refused("failed to parse JSON. {reason}")  # the reason has its own
nested = _whole("Filter policy scope MessageAttributes does not support nested filter policy")
keys = _refused("Filter policy can not have more than 5 keys")
too_complex = _refused("Filter policy is too complex")
size = _refused("Filter policy can not be larger than 256 KB")

cidr_slash = _refused("Malformed CIDR, one '/' required")
cidr_bits = _refused("Malformed CIDR, mask bits must be an integer")
cidr_negative = _refused("Malformed CIDR, mask bits must not be negative")
cidr_bits_4 = _refused("IPv4 mask bits must be < 32")
cidr_bits_6 = _refused("IPv6 mask bits must be < 128")
cidr_nonstandard = _refused("Nonstandard IP address: {address}")
cidr_invalid = _refused("Invalid IP address: {address}")

wildcard_consecutive = _refused("Consecutive wildcard characters at pos {position}")
wildcard_escape = _refused("Invalid escape character at pos {position}")

# --- of the parser: with a location ----------------------------------------------------------------------------------

not_an_object = _located("Filter is not an object")
empty_object = _located("Empty objects are not allowed")
object_or_array = _located('"{name}" must be an object or an array')
empty_array = _located("Empty arrays are not allowed")
match_value = _located("Match value must be String, number, true, false, or null")
unrecognized = _located("Unrecognized match type {operator}")
name_not_found = _located("Match expression name not found")
one_key = _located("Only one key allowed in match expression")
string_operand = _located("{operator} match pattern must be a string")
exists = _located("exists match pattern must be either true or false.")

anything_but_operator = _located("Unsupported anything-but pattern: {operator}")
anything_but_name = _located("Anything-But expression name not found")
anything_but_value = _located("Value of anything-but must be an array or single string/number value.")
anything_but_member = _located("Inside anything but list, start|null|boolean is not supported.")
anything_but_mixed = _located(
    "Inside anything but list, either all values are number or string, mixed type is not supported"
)
anything_but_case_member = _located("Inside anything-but/ignore-case list, number|start|null|boolean is not supported.")
anything_but_empty = _located("Null {operator} not allowed")

numeric_array = _located("Value of numeric must be an array.")
numeric_member = _located("Invalid member in numeric match: {token}")
numeric_operator = _located("Unrecognized numeric range operator: {operator}")
numeric_value = _located("Value of {operator} must be numeric")
numeric_elements = _located("Too many elements in numeric expression")
numeric_second_value = _located("Bad value in numeric range: {token}")
numeric_second_operator = _located("Bad numeric range operator: {operator}")
numeric_terms = _located("Too many terms in numeric range expression")
numeric_order = _located("Bottom must be less than top")
number_range = _located("Value must be between -5.0E9 and 5.0E9, inclusive")

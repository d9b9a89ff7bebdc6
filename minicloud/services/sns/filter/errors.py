"""Every text with which SNS refuses a filter policy, exact; ``{...}`` is filled in where the error is raised.

AWS's prefixes (``Invalid parameter: Attributes Reason: `` and ``FilterPolicy: ``) and, for errors of the parser, the
location are added by whoever raises.
"""

from __future__ import annotations

# --- outside of the parser: without a location -----------------------------------------------------------------------
NESTED = "Filter policy scope MessageAttributes does not support nested filter policy"  # without "FilterPolicy: "
KEYS = "Filter policy can not have more than 5 keys"
COMPLEX = "Filter policy is too complex"
SIZE = "Filter policy can not be larger than 256 KB"

CIDR_SLASH = "Malformed CIDR, one '/' required"
CIDR_BITS = "Malformed CIDR, mask bits must be an integer"
CIDR_NEGATIVE = "Malformed CIDR, mask bits must not be negative"
CIDR_BITS_4 = "IPv4 mask bits must be < 32"
CIDR_BITS_6 = "IPv6 mask bits must be < 128"
CIDR_NONSTANDARD = "Nonstandard IP address: {address}"
CIDR_INVALID = "Invalid IP address: {address}"

WILDCARD_CONSECUTIVE = "Consecutive wildcard characters at pos {position}"
WILDCARD_ESCAPE = "Invalid escape character at pos {position}"

# --- of the parser: with a location ----------------------------------------------------------------------------------
JSON = "failed to parse JSON. {reason}"
NOT_AN_OBJECT = "Filter is not an object"
EMPTY_OBJECT = "Empty objects are not allowed"
OBJECT_OR_ARRAY = '"{name}" must be an object or an array'
EMPTY_ARRAY = "Empty arrays are not allowed"
MATCH_VALUE = "Match value must be String, number, true, false, or null"
UNRECOGNIZED = "Unrecognized match type {operator}"
NAME_NOT_FOUND = "Match expression name not found"
ONE_KEY = "Only one key allowed in match expression"
STRING_OPERAND = "{operator} match pattern must be a string"
EXISTS = "exists match pattern must be either true or false."

ANYTHING_BUT_OPERATOR = "Unsupported anything-but pattern: {operator}"
ANYTHING_BUT_NAME = "Anything-But expression name not found"
ANYTHING_BUT_VALUE = "Value of anything-but must be an array or single string/number value."
ANYTHING_BUT_MEMBER = "Inside anything but list, start|null|boolean is not supported."
ANYTHING_BUT_MIXED = "Inside anything but list, either all values are number or string, mixed type is not supported"
ANYTHING_BUT_CASE_MEMBER = "Inside anything-but/ignore-case list, number|start|null|boolean is not supported."
ANYTHING_BUT_EMPTY = "Null {operator} not allowed"

NUMERIC_ARRAY = "Value of numeric must be an array."
NUMERIC_MEMBER = "Invalid member in numeric match: {token}"
NUMERIC_OPERATOR = "Unrecognized numeric range operator: {operator}"
NUMERIC_VALUE = "Value of {operator} must be numeric"
NUMERIC_ELEMENTS = "Too many elements in numeric expression"
NUMERIC_SECOND_VALUE = "Bad value in numeric range: {token}"
NUMERIC_SECOND_OPERATOR = "Bad numeric range operator: {operator}"
NUMERIC_TERMS = "Too many terms in numeric range expression"
NUMERIC_ORDER = "Bottom must be less than top"
NUMBER_RANGE = "Value must be between -5.0E9 and 5.0E9, inclusive"

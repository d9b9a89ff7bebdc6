"""Why an event pattern is refused: every text of AWS's, exact, and the error that carries one.

The names of the first table are known to ``core/conditions/values``; their texts stand without a location. A text of
the second table is followed by the place where AWS's parser stands (``Tokens.refuse``). No text of a reason stands
anywhere else in this folder. [event-ruler; those that were recorded of AWS agree with it]
"""

from __future__ import annotations

__all__ = ["EventPatternError"]


class EventPatternError(Exception):
    """AWS would refuse the pattern; ``str()`` is the reason with its location, as AWS shows it.

    EventBridge writes ``Event pattern is not valid. Reason: `` before it.
    """

    def __init__(self, reason: str, location: str = "") -> None:
        super().__init__(reason + location)
        self.reason = reason
        self.location = location
        """A new line and where the parser stood; empty for reasons that have none."""


# --- outside of the parser: without a location -----------------------------------------------------------------------

cidr_slash = "Malformed CIDR, one '/' required"
cidr_bits = "Malformed CIDR, mask bits must be an integer"
cidr_negative = "Malformed CIDR, mask bits must not be negative"
cidr_bits_4 = "IPv4 mask bits must be < 32"
cidr_bits_6 = "IPv6 mask bits must be < 128"
cidr_nonstandard = "Nonstandard IP address: {address}"
cidr_invalid = "Invalid IP address: {address}"

too_complex = (
    "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
    "wildcard character"
)

# --- of the parser: with a location ----------------------------------------------------------------------------------

wildcard_consecutive = "Consecutive wildcard characters at pos {position}"
wildcard_escape = "Invalid escape character at pos {position}"

not_an_object = "Filter is not an object"
empty_object = "Empty objects are not allowed"
object_or_array = '"{name}" must be an object or an array'
empty_array = "Empty arrays are not allowed"
match_value = "Match value must be String, number, true, false, or null"
unrecognized = "Unrecognized match type {operator}"
name_not_found = "Match expression name not found"
one_key = "Only one key allowed in match expression"
string_operand = "{operator} match pattern must be a string"
exists = "exists match pattern must be either true or false."

affix_name = "{operator} expression name not found"
affix_operator = "Unsupported {operator} pattern: {inner}"

anything_but_operator = "Unsupported anything-but pattern: {operator}"
anything_but_name = "Anything-But expression name not found"
anything_but_value = "Value of anything-but must be an array or single string/number value."
anything_but_member = "Inside anything but list, start|null|boolean is not supported."
anything_but_mixed = "Inside anything but list, either all values are number or string, mixed type is not supported"
anything_but_case_member = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
anything_but_empty = "Null prefix/suffix not allowed"

numeric_array = "Value of numeric must be an array."
numeric_member = "Invalid member in numeric match: {token}"
numeric_operator = "Unrecognized numeric range operator: {operator}"
numeric_value = "Value of {operator} must be numeric"
numeric_elements = "Too many elements in numeric expression"
numeric_second_value = "Bad value in numeric range: {token}"
numeric_second_operator = "Bad numeric range operator: {operator}"
numeric_terms = "Too many terms in numeric range expression"
numeric_order = "Bottom must be less than top"
numeric_inexact = "Cannot compare number : {token}"

or_array = "It must be an Array followed with $or."
or_member = "Only JSON object is allowed in array of $or relationship."
or_members = "There must have at least 2 Objects in $or relationship."
or_reserved = "{name} is Ruler reserved fieldName which cannot be used inside $or."

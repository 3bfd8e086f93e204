# SPDX-License-Identifier: MIT
"""The part of JSON Schema that contrib/schema uses (draft 2020-12)."""

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool,
         "integer": int, "null": type(None)}
KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "enum",
         "anyOf", "properties", "required", "additionalProperties", "items"}


def is_type(value, name):
    if isinstance(value, bool) and name != "boolean":
        return False
    return isinstance(value, TYPES[name])


def mistakes(value, schema, whole, where="$"):
    """What is wrong with a value, as a list of texts."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return mistakes(value, whole["$defs"][name], whole, where)
    if "anyOf" in schema and all(
            mistakes(value, each, whole, where) for each in schema["anyOf"]):
        return [where + ": fits none"]
    if "enum" in schema and value not in schema["enum"]:
        return ["%s: %r is none of the words" % (where, value)]
    names = schema.get("type", [])
    names = names if isinstance(names, list) else [names]
    if names and not any(is_type(value, name) for name in names):
        return ["%s: %r is no %s" % (where, value, " or ".join(names))]
    found = []
    if isinstance(value, list) and "items" in schema:
        for i, each in enumerate(value):
            found += mistakes(each, schema["items"], whole,
                              "%s[%d]" % (where, i))
    if isinstance(value, dict):
        found += ["%s.%s: missing" % (where, name)
                  for name in schema.get("required", []) if name not in value]
        others = schema.get("additionalProperties", True)
        for name, each in value.items():
            inner = schema.get("properties", {}).get(name, others)
            if inner is False:
                found.append("%s.%s: unknown" % (where, name))
            elif inner is not True:
                found += mistakes(each, inner, whole, where + "." + name)
    return found

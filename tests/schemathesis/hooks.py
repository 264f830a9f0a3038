"""What schemathesis is told beyond its settings (schemathesis.toml)."""

import schemathesis

# What is wrong with a request that a JSON schema cannot say: it depends on what there is, or on two fields at once.
BEYOND_A_SCHEMA = (
    "no such department",
    "no such agent",
    "no such attachment",
    "the form must have",
    "is no file",
    "the file is empty",
    "is not a customer",
    "is required of agents and administrators",
    "only one of after, before and cursor",
    "ends at 10000 tickets",
)


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    """Cursors are signed and cannot be made up: with them in it, hardly a request for a list would be answered."""
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            parameters = operation.get("parameters", [])
            parameters[:] = [parameter for parameter in parameters if parameter["name"] != "cursor"]


@schemathesis.check
def refused_for_a_reason(ctx, response, case):
    """A request that the document allows may be refused, but only for what the document could not have said."""
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive or response.status_code != 422:
        return
    problem = response.json()
    if problem["code"] == "idempotency_key_reused":
        return
    details = [error["detail"] for error in problem["errors"]]
    unsaid = [detail for detail in details if not detail.startswith(BEYOND_A_SCHEMA)]
    assert not unsaid, f"the document does not say so: {unsaid}"

import assert from "node:assert/strict";

/** Checks that a refusal is a whole problem document with this status, and this code if one is given. */
export function assertProblem(problem, status, code) {
  for (const member of ["type", "title", "detail", "code", "requestId"]) {
    assert.equal(typeof problem?.[member], "string", `${member} of ${JSON.stringify(problem)}`);
    assert.notEqual(problem[member], "", member);
  }
  assert.equal(problem.status, status, JSON.stringify(problem));
  if (code) assert.equal(problem.code, code);
  return problem;
}

/** The pointers of a validation problem, in the order of the alphabet. */
export const pointers = (problem) => problem.errors.map(({ pointer }) => pointer).sort();

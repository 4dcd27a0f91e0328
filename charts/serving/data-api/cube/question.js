/** Ways of the API that are open; openapi.yaml describes them. */
const OPEN = {
  '/cubejs-api/v1/load': ['GET', 'POST'],
  '/cubejs-api/v1/meta': ['GET'],
  '/cubejs-api/v1/cubesql': ['POST'],
};

/** Parts of a query with which Cube answers SQL, and which would bring SQL of the client past all policies. */
const OURS = ['subqueryJoins', 'joinHints', 'maskedMembers'];

/** Names in a filter and in those within it. */
const named = (filters) =>
  (filters ?? []).flatMap(({ member, dimension, and, or }) => [
    ...[member, dimension].filter((name) => name !== undefined),
    ...named(and),
    ...named(or),
  ]);

/** Everything that a query asks for, wherever in it: names such as `trips.zone`. */
const membersOf = ({ measures, dimensions, segments, timeDimensions, filters }) => [
  ...(measures ?? []),
  ...(dimensions ?? []),
  ...(segments ?? []),
  ...(timeDimensions ?? []).map(({ dimension }) => dimension),
  ...named(filters),
];

/** Why one query is refused; undefined where it is not. */
function problemOf(views, query, groups) {
  const ours = OURS.find((key) => key in query);
  if (ours) return { status: 400, why: `a query has no ${ours}` };
  for (const member of membersOf(query)) {
    // A name that begins so holds an expression.
    if (typeof member !== 'string' || member.startsWith('{'))
      return { status: 400, why: 'a query has names alone' };
    const [view] = member.split('.');
    const allowed = Object.hasOwn(views, view) ? views[view] : undefined;
    if (!allowed) return { status: 403, why: `there is no view ${view}` };
    if (!allowed.some((group) => group === '*' || groups.includes(group))) {
      return { status: 403, why: `the view ${view} is not for you` };
    }
  }
  return undefined;
}

/**
 * Why a request is refused, with the status of the answer; undefined where it is not. Cube hides what no policy shows,
 * and answers as if there were nothing; who is told so learns why.
 * @param views names of views, and the groups for which each has a policy
 * @param req a request of Express
 * @param groups what policies call the user
 */
function refusalOf(views, { method, path, query, body }, groups) {
  if (!Object.hasOwn(OPEN, path) || !OPEN[path].includes(method))
    return { status: 404, why: 'there is no such way' };
  if (path !== '/cubejs-api/v1/load') return undefined;
  // As Cube reads it.
  const given = method === 'GET' ? query.query : body.query;
  try {
    const asked = typeof given === 'string' ? JSON.parse(given) : given;
    for (const each of Array.isArray(asked) ? asked : [asked]) {
      const problem = problemOf(views, each, groups);
      if (problem) return problem;
    }
  } catch {
    return { status: 400, why: 'that is no query' };
  }
  return undefined;
}

module.exports = { refusalOf };

/**
 * Teams, roles and rows of a user by the groups in the token.
 * @param values what values.json holds
 * @param claims `sub`, and `groups`: a list of names
 * @returns `user`; names of `teams` and `roles`; `rows`, which has for each attribute what any of the teams may see
 */
function accessOf(values, { sub, groups }) {
  const has = new Set(Array.isArray(groups) ? groups : []);
  const teams = values.teams.filter(({ group }) => has.has(group));
  const roles = values.roles.filter((role) => role.groups.some((group) => has.has(group)));
  const attributes = new Set(values.teams.flatMap((team) => Object.keys(team.rows)));
  const rows = [...attributes].map((name) => [
    name,
    [...new Set(teams.flatMap((team) => team.rows[name] ?? []))],
  ]);
  return {
    user: String(sub),
    teams: teams.map(({ name }) => name),
    roles: roles.map(({ name }) => name),
    rows: Object.fromEntries(rows),
  };
}

/** What policies of models call a user: `member` of any team, `team-<name>`, and each role. */
const groupsOf = ({ teams, roles }) => [
  ...(teams.length > 0 ? ['member'] : []),
  ...teams.map((name) => `team-${name}`),
  ...roles,
];

module.exports = { accessOf, groupsOf };

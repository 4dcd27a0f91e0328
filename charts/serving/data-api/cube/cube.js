/** Cube as lakeport runs it. What differs between sites lies in values.json beside this file. */
const fs = require('node:fs');
const { CubejsHandlerError } = require('@cubejs-backend/api-gateway');
const { accessOf, groupsOf } = require('./access.js');
const { Limiter } = require('./limit.js');
const { refusalOf } = require('./question.js');
const values = require('./values.json');

const limiter = new Limiter(values.rate);

module.exports = {
  /**
   * After the token was checked: who it is, whether it is their turn, and whether they may ask this. Cube comes by here
   * again for each step of a query in SQL, with what was returned the first time; only requests of clients have a URL.
   */
  extendContext(req) {
    const { sub, exp, [values.groupsClaim]: groups } = req.securityContext ?? {};
    const lake = accessOf(values, { sub, groups });
    if (lake.teams.length === 0 && lake.roles.length === 0) {
      throw new CubejsHandlerError(403, 'Forbidden', 'You are in no team and have no role here');
    }
    if (req.originalUrl) {
      if (!limiter.take(lake.user)) {
        throw new CubejsHandlerError(
          429,
          'Too Many Requests',
          'Too many requests; try again in a few seconds',
        );
      }
      const refusal = refusalOf(values.views, req, groupsOf(lake));
      if (refusal) throw new CubejsHandlerError(refusal.status, 'Refused', refusal.why);
    }
    // Other claims are nobody's business: what is here may be logged.
    return { securityContext: { sub, exp, [values.groupsClaim]: groups, lake } };
  },

  /** What policies of models call the user. */
  contextToGroups: ({ securityContext }) => groupsOf(securityContext.lake),

  /** Nobody logs in by the protocol of PostgreSQL: its passwords could be no tokens of the issuer. */
  checkSqlAuth() {
    throw new Error('SQL is asked by /cubejs-api/v1/cubesql, with a token');
  },
  canSwitchSqlUser: () => false,

  /**
   * How a source is asked. What else there is to say stands in the environment; a certificate does not, since Cube takes
   * none there whose key is in PKCS #8, as ours are.
   */
  driverFactory({ dataSource }) {
    const { type, client } = values.drivers[dataSource ?? 'default'];
    if (!client) return { type };
    return { type, ssl: { cert: fs.readFileSync(client.cert), key: fs.readFileSync(client.key) } };
  },

  orchestratorOptions: { continueWaitTimeout: values.wait },
};

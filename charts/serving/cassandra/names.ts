/** Its component and namespace. */
export const NAME = 'cassandra';

/** The port that clients use. */
export const PORTS = { cql: 9042 } as const;

/** Its component and namespace. */
export const NAME = 'starrocks';

/** Ports that clients use; both are of the frontends. */
export const PORTS = { sql: 9030, http: 8030 } as const;

/** Its component and namespace. */
export const NAME = 'druid';

/** Ports that clients use. */
export const PORTS = { router: 8888, broker: 8082 } as const;

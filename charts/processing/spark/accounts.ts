/** ServiceAccounts in every namespace of a team: only the driver may call the API server. */
export const ACCOUNTS = { driver: 'spark', executor: 'spark-executor' } as const;

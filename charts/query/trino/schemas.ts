/** Layers of the lake, each a schema of every team. */
export const LAYERS = ['raw', 'curated', 'presentation'] as const;

/** A schema of a team: names in SQL have underscores. */
export const schemaOf = (layer: (typeof LAYERS)[number], team: string): string => `${layer}_${sqlName(team)}`;

/** A name with dashes as SQL writes it without quotes. */
export const sqlName = (team: string): string => team.replaceAll('-', '_');

/** The table of a topic, by the topic's name after its team. */
export const tableOf = (name: string): string => name.replaceAll(/[-.]/g, '_');

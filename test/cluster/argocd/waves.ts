import { type Application, isSettled, waveOf } from './applications';

/** Applications that were made before all of an earlier wave had been synced for the first time. */
export function outOfOrder(applications: readonly Application[]): string[] {
  const problems: string[] = [];
  for (const late of applications) {
    for (const early of applications) {
      const done = early.status?.history?.[0]?.deployedAt;
      if (waveOf(early) >= waveOf(late) || early.metadata.name === 'root') continue;
      // All that it has was there before.
      if (isSettled(early) && !early.status?.operationState) continue;
      if (!done || done > late.metadata.creationTimestamp) {
        problems.push(
          `${late.metadata.name} (wave ${waveOf(late)}) was made at ${late.metadata.creationTimestamp}, ` +
            `${early.metadata.name} (wave ${waveOf(early)}) was first synced at ${done ?? 'no time'}`,
        );
      }
    }
  }
  return problems;
}

/** When each wave came, from the history that Argo CD keeps. */
export function wavesOf(applications: readonly Application[]): string[] {
  const children = applications.filter(({ metadata }) => metadata.name !== 'root');
  const waves = [...new Set(children.map(waveOf))].sort((a, b) => a - b);
  return waves.map((wave) => {
    const members = children.filter((each) => waveOf(each) === wave);
    const names = members.map(
      ({ metadata, status }) => `${metadata.name} ${status?.history?.[0]?.deployedAt}`,
    );
    return `wave ${wave}: ${names.join(', ')}`;
  });
}

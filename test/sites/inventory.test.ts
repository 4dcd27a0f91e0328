import { syncWave } from '../../argocd/delivery';
import { placementName } from '../../core/placement';
import { sites } from '../support/sites';

// One line an object, for reviewers: what a change adds, moves or takes away shows in the diff of the snapshot.
test.each([...sites])('%s has these objects', (_, { model, order }) => {
  const placements = new Map<object, string>();
  for (const { component, manifest, pod } of model.pods) {
    const owner = model.roleOf({ component, pod });
    const placement = model.components.find(({ name }) => name === owner.component)?.pods[owner.role];
    const known = placements.get(manifest);
    const name = placement ? placementName(placement) : '?';
    if (!known?.split(' + ').includes(name)) placements.set(manifest, known ? `${known} + ${name}` : name);
  }
  const lines = model.entries.map(({ component, manifest }) => {
    const { kind, metadata } = manifest;
    const wave = order.waves.get(component);
    return [
      wave === undefined ? '  -' : String(syncWave(wave)).padStart(3),
      component,
      kind,
      metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name,
      placements.get(manifest) ?? '',
    ]
      .join(' ')
      .trimEnd();
  });
  expect(`\n${lines.sort().join('\n')}\n`).toMatchSnapshot();
});

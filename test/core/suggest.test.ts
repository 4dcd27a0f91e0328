import { didYouMean } from '../../core/suggest';

test.each([
  ['sparc', ['namespaces', 'spark'], 'spark'],
  ['jbos', ['jars', 'jobs'], 'jobs'],
  ['executers', ['executor', 'executors'], 'executors'],
  ['kafka', ['spark', 'namespaces'], undefined],
  ['x', [], undefined],
])('%s among %j is %s', (found, known, meant) => {
  expect(didYouMean(found, known)).toBe(meant);
});

import { coordinates, hiveCoordinates, LINES, stack } from '../../compatibility';
import { versions } from '../../versions';

// What the tests in Python must know of the matrix, as JSON: node bin/run.js test/images/coordinates.ts
console.log(
  JSON.stringify({ stack, lines: LINES, versions, lists: coordinates(stack), hive: hiveCoordinates() }),
);

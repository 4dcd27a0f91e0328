#!/usr/bin/env node
// Runs any TypeScript file of this repository: node bin/run.js <file> [argument…]
const path = require('node:path');
const { createJiti } = require('jiti');
const [file] = process.argv.splice(2, 1);
createJiti(__filename)(path.resolve(file));

#!/usr/bin/env node
// Runs any TypeScript file of this repository: node bin/run.js <file> [argument…]
const path = require('node:path');
require('./typescript');
const [file] = process.argv.splice(2, 1);
require(path.resolve(file));

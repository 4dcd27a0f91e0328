#!/usr/bin/env node
// TypeScript runs as it stands: jiti transpiles each file once and keeps the result in node_modules/.cache.
const { createJiti } = require('jiti');
createJiti(__filename)('../main.ts');

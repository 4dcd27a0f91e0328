// The least that any generator in Node.js must do: start, serialize the same objects, write the same bytes.
const fs = require('node:fs');
const path = require('node:path');
const [input, out] = process.argv.slice(2);
const { objects, files } = JSON.parse(fs.readFileSync(input, 'utf8'));
let length = 0;
for (const object of objects) length += JSON.stringify(object).length;
const folders = new Set();
for (const [file, text] of files) {
  const target = path.join(out, file);
  const folder = path.dirname(target);
  if (!folders.has(folder)) fs.mkdirSync(folder, { recursive: true });
  folders.add(folder);
  fs.writeFileSync(target, text);
}
if (length === 0) process.exit(1);

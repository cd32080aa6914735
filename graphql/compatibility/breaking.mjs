// Prints the changes from the schema in the first file to the one in the second that break clients, a line each.
import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const [released, present] = process.argv.slice(2).map((file) => buildSchema(readFileSync(file, 'utf8')));
for (const { criticality, message } of await diff(released, present)) {
  if (criticality.level === CriticalityLevel.Breaking) console.log(message);
}

// Builds the schema in the file named last with the graphql-js named first, and prints the fields of its types, and which inputs take exactly one.
import { readFileSync } from 'node:fs';

const [, , release, file] = process.argv;
const { buildSchema, isInputObjectType, validateSchema } = await import(release);
const schema = buildSchema(readFileSync(file, 'utf8'));
for (const error of validateSchema(schema)) throw error;
for (const type of Object.values(schema.getTypeMap())) {
  if (type.name.startsWith('__') || !type.getFields) continue;
  for (const name of Object.keys(type.getFields())) console.log(`${type.name}.${name}`);
  const directives = type.astNode?.directives ?? [];
  if (isInputObjectType(type) && directives.some(({ name }) => name.value === 'oneOf')) console.log(`${type.name} @oneOf`);
}

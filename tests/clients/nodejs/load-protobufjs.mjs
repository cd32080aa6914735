// Loads each proto file by itself with protobufjs and prints the full names of what it declares and the options of services.
// usage: node load-protobufjs.mjs FOLDER FILE...
import { join } from "node:path";
import protobuf from "protobufjs";

function* described(parent) {
  for (const one of parent.nestedArray ?? []) {
    const name = one.fullName.slice(1);
    if (one instanceof protobuf.Type) for (const field of one.fieldsArray) yield `${name}.${field.name}`;
    if (one instanceof protobuf.Service) for (const method of one.methodsArray) yield `${name}.${method.name}`;
    if (one instanceof protobuf.Enum) for (const value of Object.keys(one.values)) yield `${name}.${value}`;
    yield* described(one);
  }
}

function* services(parent) {
  for (const one of parent.nestedArray ?? []) {
    if (one instanceof protobuf.Service) yield [one.fullName.slice(1), one.parsedOptions ?? []];
    yield* services(one);
  }
}

const [folder, ...files] = process.argv.slice(2);
const read = files.map((file) => {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(folder, target);
  root.loadSync(file, { keepCase: true }).resolveAll();
  return [file, { names: [...described(root)], options: Object.fromEntries(services(root)) }];
});
console.log(JSON.stringify(Object.fromEntries(read)));

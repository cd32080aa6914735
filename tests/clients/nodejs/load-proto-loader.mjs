// Loads each proto file by itself with @grpc/proto-loader, as programs with @grpc/grpc-js do, and prints the paths of its rpcs.
// usage: node load-proto-loader.mjs FOLDER FILE...
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [folder, ...files] = process.argv.slice(2);
const read = files.map((file) => {
  const definition = loader.loadSync(file, { includeDirs: [folder] });
  grpc.loadPackageDefinition(definition);
  const services = Object.values(definition).filter((one) => !("format" in one));
  return [file, services.flatMap((service) => Object.values(service).map((method) => method.path))];
});
console.log(JSON.stringify(Object.fromEntries(read)));

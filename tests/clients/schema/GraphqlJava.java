import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.MockedWiringFactory;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import java.nio.file.Path;

/** Builds a schema with graphql-java and prints the fields of its types, and which inputs take exactly one. */
public final class GraphqlJava {
  public static void main(String[] arguments) {
    RuntimeWiring wiring = RuntimeWiring.newRuntimeWiring().wiringFactory(new MockedWiringFactory()).build();
    GraphQLSchema schema =
        new SchemaGenerator().makeExecutableSchema(new SchemaParser().parse(Path.of(arguments[0]).toFile()), wiring);
    schema.getAllTypesAsList().stream().filter(type -> !type.getName().startsWith("__")).forEach(type -> {
      if (type instanceof GraphQLFieldsContainer object) {
        object.getFieldDefinitions().forEach(field -> System.out.println(type.getName() + "." + field.getName()));
      } else if (type instanceof GraphQLInputObjectType input) {
        input.getFields().forEach(field -> System.out.println(type.getName() + "." + field.getName()));
        if (input.isOneOf()) {
          System.out.println(type.getName() + " @oneOf");
        }
      }
    });
  }
}

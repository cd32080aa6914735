import com.apollographql.apollo.ast.ApolloParser;
import com.apollographql.apollo.ast.GQLDirective;
import com.apollographql.apollo.ast.GQLDocument;
import com.apollographql.apollo.ast.GQLInputObjectTypeDefinition;
import com.apollographql.apollo.ast.GQLInterfaceTypeDefinition;
import com.apollographql.apollo.ast.GQLObjectTypeDefinition;
import com.apollographql.apollo.ast.GQLResult;
import com.apollographql.apollo.ast.GQLTypeDefinition;
import com.apollographql.apollo.ast.ParserOptions;
import com.apollographql.apollo.ast.Schema;
import java.nio.file.Path;

/** Reads and validates a schema as Apollo Kotlin's compiler does, and prints the fields of its types, and which inputs take exactly one. */
public final class ApolloKotlin {
  public static void main(String[] arguments) {
    GQLDocument document =
        ApolloParser.parseAsGQLDocument(Path.of(arguments[0]).toFile(), ParserOptions.Companion.getDefault()).getOrThrow();
    GQLResult<Schema> result = ApolloParser.validateAsSchemaAndAddApolloDefinition(document);
    result.getIssues().forEach(issue -> System.err.println(issue.getMessage()));
    for (GQLTypeDefinition type : result.getOrThrow().getTypeDefinitions().values()) {
      if (type.getName().startsWith("__")) {
        continue;
      }
      if (type instanceof GQLObjectTypeDefinition object) {
        object.getFields().forEach(field -> System.out.println(type.getName() + "." + field.getName()));
      } else if (type instanceof GQLInterfaceTypeDefinition object) {
        object.getFields().forEach(field -> System.out.println(type.getName() + "." + field.getName()));
      } else if (type instanceof GQLInputObjectTypeDefinition input) {
        input.getInputFields().forEach(field -> System.out.println(type.getName() + "." + field.getName()));
        if (input.getDirectives().stream().map(GQLDirective::getName).anyMatch("oneOf"::equals)) {
          System.out.println(type.getName() + " @oneOf");
        }
      }
    }
  }
}

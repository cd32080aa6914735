// A small client: a policy, what failed, a deadline, and a stream that is ended early.
// usage: service HOST:PORT
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	errorsv1 "searchway/clients/gen/searchway/api/errors/v1"
	ismv1 "searchway/clients/gen/searchway/api/ism/v1"
	rulesv1 "searchway/clients/gen/searchway/api/rules/v1"
)

const patience = 20 * time.Second

func states(ctx context.Context, policies ismv1.IsmServiceClient, id string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := policies.GetPolicy(ctx, &ismv1.GetPolicyRequest{PolicyId: proto.String(id)})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, state := range answer.GetPolicy().GetDefinition().GetStates() {
		names = append(names, state.GetName())
	}
	return names, nil
}

// failure returns what the gateway says of a failed call, or nil.
func failure(err error) *errorsv1.ApiError {
	for _, detail := range status.Convert(err).Details() {
		if found, ok := detail.(*errorsv1.ApiError); ok {
			return found
		}
	}
	return nil
}

// firstRules receives some rules and cancels the stream.
func firstRules(ctx context.Context, rules rulesv1.RulesServiceClient, count int) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stream, err := rules.StreamRules(ctx, &rulesv1.StreamRulesRequest{
		FeatureType: proto.String("workload_group"),
		PageSize:    proto.Int32(2),
	})
	if err != nil {
		return 0, err
	}
	for received := range count {
		if _, err := stream.Recv(); err != nil {
			return received, err
		}
	}
	cancel()
	for {
		if _, err := stream.Recv(); err != nil {
			return count, err
		}
	}
}

func main() {
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-searchway-cluster", "opensearch")
	policies := ismv1.NewIsmServiceClient(connection)

	names, err := states(ctx, policies, "log-retention")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("states:", names)

	_, err = states(ctx, policies, "gone")
	fmt.Println("error:", failure(err).GetOperation(), failure(err).GetCause().GetType())

	late, cancel := context.WithDeadline(ctx, time.Unix(0, 0))
	defer cancel()
	_, err = states(late, policies, "log-retention")
	fmt.Println("deadline:", status.Code(err) == codes.DeadlineExceeded)

	received, err := firstRules(ctx, rulesv1.NewRulesServiceClient(connection), 3)
	fmt.Println("stream:", received, status.Code(err))
}

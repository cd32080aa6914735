// Compiles proto files with bufbuild/protocompile and prints them as a FileDescriptorSet.
// usage: loading FOLDER FILE...
package main

import (
	"context"
	"log"
	"os"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	compiler := protocompile.Compiler{
		Resolver: &protocompile.SourceResolver{ImportPaths: os.Args[1:2]},
	}
	files, err := compiler.Compile(context.Background(), os.Args[2:]...)
	if err != nil {
		log.Fatal(err)
	}
	set := &descriptorpb.FileDescriptorSet{}
	for _, file := range files {
		set.File = append(set.File, protodesc.ToFileDescriptorProto(file))
	}
	packed, err := proto.Marshal(set)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := os.Stdout.Write(packed); err != nil {
		log.Fatal(err)
	}
}

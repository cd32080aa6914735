graphql`
  query ShardsQuery($first: Int) {
    cat {
      allocation(first: $first) {
        totalCount
      }
    }
  }
`;

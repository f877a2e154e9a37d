"""What every way in over HTTP shares: the route table and its OpenAPI, problem+json, strict reading, guards, limits."""

# A temporary folder that is deleted when the step ends.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

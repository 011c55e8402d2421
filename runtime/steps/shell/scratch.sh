# A folder that goes when the step ends.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

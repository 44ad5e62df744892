#!/bin/sh
# Makes release archives, Linux packages, checksums and SBOMs in ./dist.
#
#   deploy/dist.sh [OS/ARCH ...]
#
# The same sources give the same bytes, whenever and wherever this runs with
# the same Go. In a Git checkout version and time come from the last commit;
# elsewhere set VERSION, REVISION and SOURCE_DATE_EPOCH. NFPM names an nfpm
# that is installed; else it is built. Needs GNU tar, gzip and zip.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "dist.sh: $1" >&2
    exit 1
}

from_git() { # what sets it otherwise, then the git command
    name=$1
    shift
    git "$@" 2>/dev/null || fail "this is no Git checkout: set $name"
}

[ "$#" -gt 0 ] || set -- linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(from_git SOURCE_DATE_EPOCH log -1 --format=%ct)}
REVISION=${REVISION:-$(from_git REVISION rev-parse HEAD)}
if [ -z "${VERSION:-}" ]; then
    VERSION=$(git describe --tags --match 'v[0-9]*' --dirty 2>/dev/null) ||
        VERSION=0.0.0-dev.$(from_git VERSION describe --always --dirty --exclude '*')
fi
VERSION=${VERSION#v}
NFPM=${NFPM:-go run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.4}
export SOURCE_DATE_EPOCH VERSION
export TZ=UTC LC_ALL=C CGO_ENABLED=0 GOFLAGS=
unset GOOS GOARCH GOAMD64 GOARM64 GOEXPERIMENT FINPAGES_CONFIG
umask 022

dist=$PWD/dist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
rm -rf "$dist"
mkdir -p "$dist"

build() { # output
    go build -trimpath -buildvcs=false \
        -ldflags "-s -w -buildid= -X main.release=$VERSION -X main.revision=$REVISION" \
        -o "$1" ./cmd/finpages
}

# Everything beside the program is the same for all targets.
common=$work/common
mkdir -p "$common/man" "$common/completions"
build "$work/finpages"
"$work/finpages" man "$common/man"
"$work/finpages" help schema >"$common/finpages.schema.json"
for shell in bash zsh fish; do
    "$work/finpages" completion "$shell" >"$common/completions/finpages.$shell"
done
"$work/finpages" completion powershell >"$common/completions/finpages.ps1"
install -m 644 README.md LICENSE config.example.yaml "$common"
go build -o "$work/sbom" ./deploy/internal/sbom

stamp() { # folder
    find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

archive() { # name
    stamp "$work/$1"
    case $1 in
        *_windows_*)
            (cd "$work" && find "$1" -type f | sort | zip -q -X -9 "$dist/$1.zip" -@)
            ;;
        *)
            tar -C "$work" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner \
                --mtime="@$SOURCE_DATE_EPOCH" -cf - "$1" | gzip -n -9 >"$dist/$1.tar.gz"
            ;;
    esac
}

packages() { # archive name
    stage=$work/package_$GOARCH
    mkdir -p "$stage/man.gz"
    cp -R "$work/$1/." deploy/systemd deploy/packages deploy/prometheus deploy/grafana "$stage"
    for page in "$stage"/man/*.[17]; do
        gzip -n -9 "$page"
    done
    mv "$stage"/man/*.gz "$stage/man.gz"
    stamp "$stage"
    for format in deb rpm; do
        # nfpm itself is built for this machine; NFPM may be several words.
        # shellcheck disable=SC2086
        (config=$PWD/deploy/nfpm.yaml && cd "$stage" &&
            env -u GOOS PKGARCH="$GOARCH" GOARCH= $NFPM package -f "$config" -p "$format" -t "$dist/" >/dev/null)
    done
}

for target in "$@"; do
    GOOS=${target%/*} GOARCH=${target#*/}
    export GOOS GOARCH
    name=finpages_${VERSION}_${GOOS}_$GOARCH
    program=finpages
    [ "$GOOS" != windows ] || program=finpages.exe
    echo "$name"
    cp -R "$common" "$work/$name"
    build "$work/$name/$program"
    archive "$name"
    "$work/sbom" finpages "$VERSION" "$SOURCE_DATE_EPOCH" "$work/$name/$program" >"$dist/$name.cdx.json"
    [ "$GOOS" != linux ] || packages "$name"
done

cd "$dist"
find . -type f ! -name checksums.txt | sed 's|^\./||' | sort | xargs sha256sum >"$work/checksums.txt"
mv "$work/checksums.txt" checksums.txt

# Real clients in processes of their own reach a cloud over HTTP: those of Python, JavaScript and Go, and AWS's own command.
. "$ci/lib.sh"

clients=$PWD/clients
mkdir "$clients"

# Go and its SDK come from Debian and are only unpacked, without the hundreds of services that nobody asks for.
go_application() {
    local folder=$clients/go goroot part kept sdk=./usr/share/gocode/src/github.com/aws/aws-sdk-go-v2
    mkdir "$folder"
    cd "$folder"
    if ! command -v apt-get >/dev/null; then
        echo "this step needs Go and its SDK from Debian: apt-get is not here" >&2
        exit 1
    fi
    (
        flock 9
        apt-get update -qq
        release=$(apt-cache depends golang-go | grep -oE "golang-[0-9.]+-go" | head -n 1)
        apt-get download -qq "$release" "${release%-go}-src" golang-github-aws-aws-sdk-go-v2-dev \
            golang-github-aws-smithy-go-dev golang-github-jmespath-go-jmespath-dev 2>/dev/null
    ) 9>"$work/apt.lock"
    # To write what nobody builds, tens of thousands of files, takes as long as to build the rest.
    kept=("$sdk/*.go")
    for part in aws config credentials feature/ec2 internal service/{internal,kinesis,sns,sqs,sso,ssooidc,sts}; do
        kept+=("$sdk/$part")
    done
    for package in ./*.deb; do
        case $package in
            *aws-sdk-go-v2*)
                dpkg --fsys-tarfile "$package" | tar -x --exclude="*_test.go" --wildcards --no-wildcards-match-slash "${kept[@]}"
                ;;
            *-src_*) # the standard library
                dpkg --fsys-tarfile "$package" | tar -x --exclude="*_test.go" --exclude=testdata \
                    --exclude="./usr/share/go-*/test" --exclude="./usr/share/go-*/src/cmd"
                ;;
            *)
                dpkg -x "$package" .
                ;;
        esac
    done
    goroot=$(echo "$folder"/usr/lib/go-*)
    GO111MODULE=off CGO_ENABLED=0 GOTOOLCHAIN=local GOROOT=$goroot GOPATH=$folder/usr/share/gocode \
        GOCACHE=$folder/cache GOGC=off "$goroot/bin/go" build -gcflags="all=-N -l" -o orders \
        "$source/tests/endpoint_clients/programs/go/main.go"
}

javascript_modules() {
    mkdir "$clients/js"
    cp "$source/tests/endpoint_clients/package.json" "$clients/js"
    cd "$clients/js"
    PATH=$bin:$PATH npm install --no-audit --no-fund --loglevel=error
}

# Of several that are called aws, the one that is of the second release: a program of this name, for some look at it.
second_aws() {
    local found
    for found in $(type -aP aws) /usr/bin/aws; do
        if "$found" --version 2>/dev/null | grep "^aws-cli/2" >/dev/null; then
            printf '#!/bin/sh\nexec "%s" "$@"\n' "$found" >"$clients/aws2"
            chmod +x "$clients/aws2"
            return
        fi
    done
    return 1
}

debian awscli "an aws-cli of its second release" second_aws
second_aws
(go_application) &
go=$!

boto=$(grep -oE '"(boto3|botocore)==[0-9.]+"' "$source/pyproject.toml" | tr -d '"')
environment endpoint-old "$oldest" --requirement tests/endpoint_clients/requirements-old.txt
ln -s "$(dirname "$bin")" "$clients/old"
environment endpoint "$oldest" --editable . $boto aiobotocore pytest pytest-xdist hypothesis \
    --requirement tests/endpoint_clients/requirements.txt
(javascript_modules)

export MINICLOUD_ENDPOINT_CLIENTS=$clients
nothing_skips
say "all but Go's"
"$bin/python" -m pytest -q -n 2 tests/endpoint_clients -k "not test_go"
wait "$go"
say "Go's"
"$bin/python" -m pytest -q tests/endpoint_clients -k test_go

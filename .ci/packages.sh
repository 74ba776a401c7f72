# shellcheck shell=bash
# Sourced by ./dev: which Debian packages each command needs, and how they get onto the machine.

codename=$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}") || codename=

# shellcheck disable=SC2034
commands="demo test clang bench fuzz format compat"

packages_of() {  # packages_of COMMAND: by their names in Debian
    local build="g++ cmake ninja-build ccache pkg-config python3"
    local library="libasio-dev libc-ares-dev libssl-dev libidn2-dev libpsl-dev zlib1g-dev libbrotli-dev libzstd-dev"
    local clang="clang libclang-rt-dev"
    [ "$codename" != bookworm ] || clang="clang-16 libclang-rt-16-dev"
    local dante=dante-server  # Debian 13 has none
    [ "$codename" = bookworm ] || dante=
    case $1 in
        demo) echo "$build $library libcli11-dev" ;;
        test) echo "$build $library libcli11-dev nlohmann-json3-dev catch2 nginx-light apache2-bin gunicorn python3-httpbin nsd ldnsutils unbound squid-openssl $dante microsocks tinyproxy-bin socat curl python3-aiosmtpd python3-jsonschema python3-prometheus-client" ;;
        clang) echo "$build $library catch2 $clang" ;;
        bench) echo "$build $library libcurl4-openssl-dev nginx-light nsd dnsperf python3-aiodns time openssl libboost-dev libcpp-httplib-dev python3-aiohttp wrk" ;;
        fuzz) echo "$build $library $clang" ;;
        format) echo "clang-format-14" ;;
        compat) echo "debootstrap" ;;
    esac
}

version_of() {  # the installed version of a package, if it will do
    local state version
    read -r state version < <(dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null) || return 1
    [ "$state" = installed ] || return 1
    [ "$1" != catch2 ] || dpkg --compare-versions "$version" ge 3 || return 1
    echo "$version"
}

need() {  # need COMMAND: its packages; no apt call when nothing is missing
    local package missing=()
    if ! have apt-get || ! have dpkg-query; then
        say "no apt here; '$1' needs what Debian calls: $(packages_of "$1")"
        return
    fi
    for package in $(packages_of "$1"); do
        version_of "$package" >/dev/null || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] || install "${missing[@]}"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt() {  # waits when another apt is at work
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@"
}

update() {
    local tries=6
    until apt update; do  # the lock of the lists has no timeout of its own
        tries=$((tries - 1))
        [ $tries -gt 0 ] || die "apt-get update fails"
        sleep 10
    done
}

install() {
    say "installing with apt: $*"
    [ "$(id -u)" = 0 ] || have sudo || die "as root: apt-get install $*"
    update
    local package wanted=()
    for package in "$@"; do
        if [ "$package" = catch2 ]; then package=catch2=$(catch2_version); fi
        wanted+=("$package")
    done

    # Tests start servers of their own: no service of them shall run because of this.
    local guard=/usr/sbin/policy-rc.d status=0
    if [ ! -e $guard ]; then
        trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee $guard >/dev/null
        as_root chmod +x $guard
    fi
    apt install --no-install-recommends "${wanted[@]}" || status=$?
    [ -z "$(trap -p EXIT)" ] || as_root rm -f $guard
    trap - EXIT
    [ $status = 0 ] || die "apt-get install fails; needed: $*"
    if [ -d /run/systemd/system ]; then
        local service
        for service in nginx-light:nginx nsd:nsd unbound:unbound squid-openssl:squid dante-server:danted; do
            case " $* " in *" ${service%:*} "*) as_root systemctl disable "${service#*:}" || true ;; esac
        done
    fi
}

catch2_version() {  # the newest that apt knows, at least 3; Debian 12 has it in its backports
    local version
    for attempt in known backports; do
        while read -r version; do
            if dpkg --compare-versions "$version" ge 3; then echo "$version"; return; fi
        done < <(apt-cache madison catch2 | awk '{print $3}')
        if [ $attempt = known ]; then add_backports >&2; fi
    done
    die "no Catch2 3 in the package sources of this machine"
}

apt_source() {  # "URI FILE:ENTRY" of the source that this release comes from; Debian's own, if apt knows the label
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI) $(SOURCESENTRY) $(LABEL)' \
        'Created-By: Packages' "Release: $codename" 'Component: main' |
        awk '$3 == "Debian" {print; exit} {first = first ? first : $0} END {if ($3 != "Debian") print first}' | sed -n 1p
}

add_backports() {  # from the same mirror and with the same key as the release itself
    local uri entry signed_by file=/etc/apt/sources.list.d/dragline-backports.sources
    read -r uri entry _ < <(apt_source) || true
    [ -n "$uri" ] || die "add $codename-backports to the apt sources, for Catch2 3"
    case ${entry%:*} in
        *.sources) signed_by=$(awk -v RS= -v suite="$codename" \
            '$0 ~ "Suites:([^\n]*[ \t])?" suite "([ \t\n]|$)" {print; exit}' "${entry%:*}" |
            awk '/^[^ ]/ {on = /^Signed-By:/} on') ;;
        *) signed_by=$(sed -n "s/^deb .*signed-by=\([^] ,]*\).* $codename .*/Signed-By: \1/p" "${entry%:*}" | sed 1q) ;;
    esac
    say "adding $codename-backports in $file"
    printf '%s\n' "Types: deb" "URIs: $uri" "Suites: $codename-backports" "Components: main" ${signed_by:+"$signed_by"} |
        as_root tee $file >/dev/null
    update
}

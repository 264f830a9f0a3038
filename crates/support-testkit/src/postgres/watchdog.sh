# Ends a test cluster when its owner is gone, and removes it.
# Arguments: the owner's process id and start time, and the cluster's directory.
owner=$1 started=$2 directory=$3

# The same process, and not its zombie: some containers have no init that would reap it.
owner_lives() {
    stat=$(cat "/proc/$owner/stat" 2>/dev/null) || return 1
    # What follows the name in parentheses begins with field 3, the state; field 22 is the start time.
    set -- ${stat##*) }
    [ "$1" != Z ] && [ "${20}" = "$started" ]
}

# The process that wrote postmaster.pid, and not a later one with its id: its command line has the directory.
postmaster() {
    read -r pid <"$directory/data/postmaster.pid" &&
        tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF -- "$directory/data"
} 2>/dev/null

while owner_lives; do sleep 0.2; done

# The immediate shutdown: the data are thrown away. The server itself kills a child that hangs after 5 s.
if postmaster; then
    kill -QUIT "$pid"
    tries=0
    while postmaster && [ $tries -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
fi
rm -rf "$directory"

postgres=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
needs PostgreSQL "${postgres:-postgres}/postgres" setpriv && real PostgreSQL follow=children least=5 bash scenarios/postgres.sh "$postgres" @
needs redis redis-server redis-cli redis-benchmark && real redis bash scenarios/redis.sh @

"""Where a caller is, as far as it tells callers apart: an address, or the network that one subscriber has."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Return what counts as one caller: an IPv4 address, also where IPv6 tells of it, or a /64 network of IPv6; else the text itself."""
    if ":" not in address:
        return address
    try:
        ip = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ip.ipv4_mapped or IPv6Network((int(ip) >> 64 << 64, 64)))

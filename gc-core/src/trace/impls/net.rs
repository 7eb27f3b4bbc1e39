//! Addresses and sockets: leaves.

use core::net::{
    AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6,
};
use std::net::{Incoming, Shutdown, TcpListener, TcpStream, UdpSocket};

leaves! {
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, AddrParseError,
    Shutdown, Incoming<'_>,
}

leaves! { quiet: TcpListener, TcpStream, UdpSocket }

#[cfg(unix)]
mod unix {
    //! Sockets that have a path, and the descriptors behind all of them.

    use std::os::fd::{BorrowedFd, OwnedFd};
    use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};

    leaves! {
        quiet: OwnedFd, UnixDatagram, UnixListener, UnixStream,
    }

    leaves! { BorrowedFd<'_>, SocketAddr }
}

#[cfg(windows)]
mod windows {
    //! The handles behind sockets and files.

    use std::os::windows::io::{BorrowedHandle, BorrowedSocket, OwnedHandle, OwnedSocket};

    leaves! { quiet: OwnedHandle, OwnedSocket }

    leaves! { BorrowedHandle<'_>, BorrowedSocket<'_> }
}

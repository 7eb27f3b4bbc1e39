//! Addresses and sockets: leaves.

use core::net::{
    AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6,
};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};

leaves! {
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, AddrParseError,
    Shutdown, TcpListener, TcpStream, UdpSocket,
}

#[cfg(unix)]
mod unix {
    //! Sockets that have a path, and the descriptors behind all of them.

    use std::os::fd::{BorrowedFd, OwnedFd};
    use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};

    leaves! {
        OwnedFd, BorrowedFd<'_>, SocketAddr, UnixDatagram, UnixListener, UnixStream,
    }
}

#[cfg(windows)]
mod windows {
    //! The handles behind sockets and files.

    use std::os::windows::io::{BorrowedHandle, BorrowedSocket, OwnedHandle, OwnedSocket};

    leaves! { OwnedHandle, OwnedSocket, BorrowedHandle<'_>, BorrowedSocket<'_> }
}

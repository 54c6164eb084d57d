import CCurl
import Glibc
import Logging

/// One thread's handle of libcurl; it keeps connections open between requests to the same system.
final class TransferLine {
    private let policy: OutboundPolicy
    private let authorities: String?
    private let logger: Logger
    private let handle: UnsafeMutableRawPointer

    init(policy: OutboundPolicy, authorities: String?, logger: Logger) {
        (self.policy, self.authorities, self.logger) = (policy, authorities, logger)
        guard let handle = curl_easy_init() else { preconditionFailure("libcurl has no memory") }
        self.handle = handle
    }

    deinit { curl_easy_cleanup(handle) }

    /// Carries the transfer to its end and answers its asker.
    func carry(_ transfer: Transfer) {
        guard !transfer.isAnswered else { return }
        transfer.answer(Result { try perform(transfer) })
    }

    private func perform(_ transfer: Transfer) throws -> OutboundResponse {
        let remaining = transfer.remaining
        guard remaining > 0 else { throw OutboundError.timeout }
        let request = transfer.request
        guard let address = WebAddress(request.url) else { throw OutboundError.invalidRequest }
        let gathering = Gathering(policy: policy, host: address.host, byteLimit: request.byteLimit, transfer)
        curl_easy_reset(handle)
        setGuards(milliseconds: remaining)
        check(ccurl_set_address(handle, address.pointer))
        let headers = HeaderLines(request.headers)
        check(ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, headers.first))
        setBody(of: request)
        setCallbacks(gathering)
        let code = withExtendedLifetime((address, headers, gathering)) { curl_easy_perform(handle) }
        let status = ccurl_status(handle)
        guard code == CURLE_OK else {
            let error: any Error = transfer.isAnswered ? CancellationError() : gathering.error(of: code)
            logger.info(
                "outbound request failed",
                metadata: ["host": "\(address.host)", "error": "\(error)", "code": "\(code.rawValue)"])
            throw error
        }
        logger.debug("outbound request", metadata: ["host": "\(address.host)", "status": "\(status)"])
        return OutboundResponse(status: status, headers: gathering.headers, body: gathering.body)
    }

    private func setGuards(milliseconds: Int) {
        check(ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"))
        check(ccurl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0))
        check(ccurl_set_text(handle, CURLOPT_PROXY, ""))
        check(ccurl_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1))
        check(ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1))
        check(ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2))
        check(ccurl_set_long(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2))
        if let authorities { check(ccurl_set_text(handle, CURLOPT_CAINFO, authorities)) }
        check(ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, milliseconds))
        check(ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, min(milliseconds, 5000)))
        // Signals of a resolver that times out would hit other threads; and ending must not wait for it.
        check(ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1))
        check(ccurl_set_long(handle, CURLOPT_QUICK_EXIT, 1))
        check(ccurl_set_text(handle, CURLOPT_USERAGENT, "Santong"))
    }

    private func setBody(of request: OutboundRequest) {
        switch request.method {
        case .get: check(ccurl_set_long(handle, CURLOPT_HTTPGET, 1))
        case .head: check(ccurl_set_long(handle, CURLOPT_NOBODY, 1))
        case .post, .put, .patch, .delete:
            check(ccurl_set_long(handle, CURLOPT_POST, 1))
            check(ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue))
            check(ccurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)))
            // A copy: libcurl reads it again when an idle connection turns out to be dead.
            (request.body + [0]).withUnsafeBytes {
                check(ccurl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress))
            }
        }
    }

    private func setCallbacks(_ gathering: Gathering) {
        let context = Unmanaged.passUnretained(gathering).toOpaque()
        check(ccurl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context))
        check(ccurl_set_opener(handle) { Gathering.at($0).open($1, $2) })
        check(ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context))
        check(ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { Gathering.at($3).takeHeader($0, $1 * $2) })
        check(ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context))
        check(ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { Gathering.at($3).takeBody($0, $1 * $2) })
        check(ccurl_set_pointer(handle, CURLOPT_XFERINFODATA, context))
        check(ccurl_set_watcher(handle) { context, _, _, _, _ in Gathering.at(context).isWanted ? 0 : 1 })
        check(ccurl_set_long(handle, CURLOPT_NOPROGRESS, 0))
    }

    /// Options fail when memory is out or the library is older than its headers; sending without a guard is unsafe.
    private func check(_ code: CURLcode) {
        precondition(code == CURLE_OK, "libcurl refused an option: \(code.rawValue)")
    }
}

/// An address as libcurl reads it, so that what is checked is what is connected to.
private final class WebAddress {
    let pointer: OpaquePointer
    /// Without the brackets of an IPv6 address.
    let host: String

    /// `nil` when it is not the whole address of an `http` or `https` resource, or holds a user name.
    init?(_ text: String) {
        guard let pointer = curl_url() else { preconditionFailure("libcurl has no memory") }
        guard curl_url_set(pointer, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
            let scheme = WebAddress.part(CURLUPART_SCHEME, of: pointer), scheme == "https" || scheme == "http",
            let host = WebAddress.part(CURLUPART_HOST, of: pointer)
        else {
            curl_url_cleanup(pointer)
            return nil
        }
        self.pointer = pointer
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    }

    deinit { curl_url_cleanup(pointer) }

    private static func part(_ part: CURLUPart, of pointer: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(pointer, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}

/// Headers as libcurl wants them.
private final class HeaderLines {
    let first: UnsafeMutablePointer<curl_slist>?

    init(_ headers: [(String, String)]) {
        // libcurl would otherwise wait a second for leave to send a long body.
        var list = curl_slist_append(nil, "Expect:")
        for (name, value) in headers {
            // A colon without a value would take the header out.
            list = curl_slist_append(list, value.isEmpty ? name + ";" : name + ": " + value)
        }
        first = list
    }

    deinit { curl_slist_free_all(first) }
}

/// What one transfer has received so far. Only the thread that carries it touches it.
private final class Gathering {
    private let policy: OutboundPolicy
    private let host: String
    private let byteLimit: Int
    private let transfer: Transfer
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []
    private var headerByteCount = 0
    private var isRefused = false
    private var isTooLarge = false

    private static let headerByteLimit = 64 << 10

    init(policy: OutboundPolicy, host: String, byteLimit: Int, _ transfer: Transfer) {
        (self.policy, self.host, self.byteLimit, self.transfer) = (policy, host, byteLimit, transfer)
    }

    static func at(_ context: UnsafeMutableRawPointer?) -> Gathering {
        guard let context else { preconditionFailure("libcurl lost the context of a callback") }
        return Unmanaged<Gathering>.fromOpaque(context).takeUnretainedValue()
    }

    var isWanted: Bool { !transfer.isAnswered }

    /// The guard stands here, after the name was resolved: a name may lead to one address when it is checked and to
    /// another when it is used.
    func open(_ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        let refused: curl_socket_t = -1
        guard let address, purpose == CURLSOCKTYPE_IPCXN,
            let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr)
        else { return refused }
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(address) + offset, count: Int(address.pointee.addrlen))
        guard let peer = NetworkAddress(socketAddress: bytes), policy.permits(peer, host: host) else {
            isRefused = true
            return refused
        }
        let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, kind, address.pointee.protocol)
    }

    /// Returns how much was taken; less than came ends the transfer.
    func takeHeader(_ pointer: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        headerByteCount += count
        guard headerByteCount <= Gathering.headerByteLimit else {
            isTooLarge = true
            return 0
        }
        let line = String(decoding: UnsafeRawBufferPointer(start: pointer, count: count), as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // An interim answer came before; its headers are not those of the answer.
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            headers.append((String(line[..<colon]), Gathering.trimmed(line[line.index(after: colon)...])))
        }
        return count
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }

    func takeBody(_ pointer: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard body.count + count <= byteLimit else {
            isTooLarge = true
            return 0
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: pointer, count: count))
        return count
    }

    func error(of code: CURLcode) -> OutboundError {
        if isTooLarge { return .tooLarge }
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return .timeout
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            return .tls
        default: return isRefused ? .refusedAddress : .unreachable
        }
    }
}

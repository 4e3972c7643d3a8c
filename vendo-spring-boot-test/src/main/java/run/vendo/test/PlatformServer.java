package run.vendo.test;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import reactor.util.retry.Retry;

import org.springframework.http.HttpHeaders;

/**
 * The ports of a platform, from one start to one stop.
 */
final class PlatformServer {

	private static final Log logger = LogFactory.getLog(PlatformServer.class);

	private static final String HOST = "127.0.0.1";

	private static final int MAX_BODY = 16 * 1024 * 1024;

	private static final int MAX_HEADER = 64 * 1024;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/**
	 * A port that was given up can be lent to somebody's outgoing connection for a moment
	 * before it is taken back.
	 */
	private static final int BIND_RETRIES = 30;

	private static final Duration BIND_RETRY_DELAY = Duration.ofMillis(100);

	private final PlatformState state;

	private final Scheduler scheduler;

	private final Map<Role, DisposableServer> servers = new EnumMap<>(Role.class);

	private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	private final ApiEndpoints api;

	private final CredentialsEndpoints credentials;

	private final DataProxyEndpoints dataProxy;

	private volatile boolean stopped;

	private PlatformServer(PlatformState state, Scheduler scheduler) {
		this.state = state;
		this.scheduler = scheduler;
		this.api = new ApiEndpoints(state);
		this.credentials = new CredentialsEndpoints(state);
		this.dataProxy = new DataProxyEndpoints(state);
	}

	/**
	 * Open the ports.
	 * @param ports the port of each host, 0 or none for a free one
	 * @throws IllegalStateException if one is taken
	 */
	static PlatformServer start(PlatformState state, LoopResources loops, Scheduler scheduler,
			Map<Role, Integer> ports) {
		PlatformServer server = new PlatformServer(state, scheduler);
		try {
			for (Role role : Role.values()) {
				server.servers.put(role, server.bind(role, loops, ports.getOrDefault(role, 0)));
			}
		}
		catch (RuntimeException ex) {
			server.stop();
			throw new IllegalStateException(
					"The simulator of the Vendo platform could not open its ports on " + HOST + ": " + ex.getMessage(),
					ex);
		}
		return server;
	}

	private DisposableServer bind(Role role, LoopResources loops, int port) {
		return HttpServer.create()
			.host(HOST)
			.port(port)
			.runOn(loops, false)
			.httpRequestDecoder((decoder) -> decoder.maxInitialLineLength(MAX_HEADER).maxHeaderSize(MAX_HEADER))
			.doOnConnection((connection) -> {
				this.channels.add(connection.channel());
				if (this.stopped) {
					connection.channel().close();
				}
			})
			.handle((request, response) -> handle(role, request, response))
			.bind()
			.cast(DisposableServer.class)
			.retryWhen(Retry.fixedDelay((port != 0) ? BIND_RETRIES : 0, BIND_RETRY_DELAY)
				.onRetryExhaustedThrow((spec, signal) -> signal.failure()))
			.blockOptional(PATIENCE)
			.orElseThrow();
	}

	Map<Role, Integer> ports() {
		Map<Role, Integer> ports = new EnumMap<>(Role.class);
		this.servers.forEach((role, server) -> ports.put(role, server.port()));
		return ports;
	}

	static URI url(int port) {
		return URI.create("http://" + HOST + ":" + port);
	}

	/**
	 * Close the ports and every connection.
	 */
	void stop() {
		this.stopped = true;
		List<DisposableServer> open = new ArrayList<>(this.servers.values());
		open.forEach(DisposableServer::dispose);
		this.channels.close().awaitUninterruptibly(PATIENCE.toMillis());
		open.forEach((server) -> server.onDispose().block(PATIENCE));
	}

	private Publisher<Void> handle(Role role, HttpServerRequest request, HttpServerResponse response) {
		return request.receive()
			.asByteArray()
			.reduceWith(ByteArrayOutputStream::new, PlatformServer::append)
			.flatMap((body) -> serve(role, request, response, body.toByteArray()))
			.onErrorResume(Refusal.class, (refusal) -> send(response, Reply.error(role, refusal)));
	}

	private static ByteArrayOutputStream append(ByteArrayOutputStream body, byte[] bytes) {
		if (body.size() + bytes.length > MAX_BODY) {
			throw new Refusal(413, null, "The body is too large");
		}
		body.writeBytes(bytes);
		return body;
	}

	private Mono<Void> serve(Role role, HttpServerRequest request, HttpServerResponse response, byte[] body) {
		HttpHeaders headers = new HttpHeaders();
		request.requestHeaders().forEach((header) -> headers.add(header.getKey(), header.getValue()));
		InetSocketAddress remote = request.remoteAddress();
		String address = (remote != null) ? remote.getAddress().getHostAddress() : "";
		Call call = Call.of(role, request.method().name(), request.uri(), headers, body, address);
		// Together: once the request is seen, no later one is held or delayed in its
		// place.
		Mono<Void> wait = this.state.guard.get(() -> {
			this.state.requests.add(call);
			return waitFor(call);
		});
		return wait.then(Mono.defer(() -> answer(call, response)));
	}

	private Mono<Void> waitFor(Call call) {
		PlatformHold hold = this.state.faults.holding(call);
		Mono<Void> held = (hold != null) ? hold.join() : Mono.empty();
		Duration delay = this.state.faults.takeDelay(call);
		return (delay != null) ? held.then(Mono.delay(delay, this.scheduler).then()) : held;
	}

	private Mono<Void> answer(Call call, HttpServerResponse response) {
		PlatformFault fault = this.state.faults.take(call);
		if (fault == null) {
			return send(call, response, outcome(call));
		}
		return switch (fault.kind()) {
			case ANSWER -> {
				Reply reply = fault.reply(call.role());
				Integer cutAfter = fault.cutAfter();
				yield (cutAfter != null) ? cut(response, reply, cutAfter) : send(response, reply);
			}
			case RESET -> reset(response);
			case LOSE_ANSWER -> {
				if (outcome(call) instanceof EventStream stream) {
					stream.finish();
				}
				yield reset(response);
			}
			case HANG -> Mono.never();
			case NOT_HTTP -> notHttp(response);
		};
	}

	private Outcome outcome(Call call) {
		if (call.method().equals("HEAD")) {
			return Reply.empty(405);
		}
		try {
			return switch (call.role()) {
				case API -> this.api.handle(call);
				case CREDENTIALS -> this.credentials.handle(call);
				case DATA_PROXY -> this.dataProxy.handle(call);
			};
		}
		catch (Refusal refusal) {
			return Reply.error(call.role(), refusal);
		}
		catch (RuntimeException | Error ex) {
			logger.error("The simulator of the Vendo platform failed at " + call.method() + " " + call.path(), ex);
			return Reply.error(call.role(), new Refusal(500, null, "The simulator failed: see its log"));
		}
	}

	private Mono<Void> send(Call call, HttpServerResponse response, Outcome outcome) {
		if (outcome instanceof EventStream stream) {
			response.status(200)
				.header(HttpHeaders.CONTENT_TYPE, "text/event-stream")
				.header(HttpHeaders.CACHE_CONTROL, "no-cache");
			return response.sendHeaders().then(stream.start(response)).then().doFinally((signal) -> stream.finish());
		}
		return send(response, (Reply) outcome);
	}

	private static Mono<Void> send(HttpServerResponse response, Reply reply) {
		prepare(response, reply);
		if (reply.body().length == 0) {
			return response.header(HttpHeaders.CONTENT_LENGTH, "0").send().then();
		}
		return response.sendByteArray(Mono.just(reply.body())).then();
	}

	private static void prepare(HttpServerResponse response, Reply reply) {
		response.status(reply.status());
		response.header("X-Request-Id", "req_" + Secrets.random(16));
		reply.headers().forEach(response::header);
		response.header(HttpHeaders.CONTENT_LENGTH, String.valueOf(reply.body().length));
	}

	private static Mono<Void> cut(HttpServerResponse response, Reply reply, int after) {
		prepare(response, reply);
		byte[] part = new byte[Math.min(after, reply.body().length)];
		System.arraycopy(reply.body(), 0, part, 0, part.length);
		return response.sendHeaders()
			.then(withChannel(response,
					(channel) -> channel.writeAndFlush(Unpooled.wrappedBuffer(part))
						.addListener(ChannelFutureListener.CLOSE)))
			.then();
	}

	private static Mono<Void> reset(HttpServerResponse response) {
		return withChannel(response, (channel) -> {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
			channel.close();
		});
	}

	private static Mono<Void> notHttp(HttpServerResponse response) {
		byte[] bytes = "SSH-2.0-OpenSSH_9.9\r\n".getBytes(StandardCharsets.US_ASCII);
		// From the first handler on, so that nothing makes HTTP of it.
		return withChannel(response,
				(channel) -> Objects.requireNonNull(channel.pipeline().firstContext())
					.writeAndFlush(Unpooled.wrappedBuffer(bytes))
					.addListener(ChannelFutureListener.CLOSE));
	}

	/**
	 * Do something to the connection and give no answer any more.
	 */
	private static Mono<Void> withChannel(HttpServerResponse response, Consumer<Channel> work) {
		return Mono.create((sink) -> response.withConnection((connection) -> work.accept(connection.channel())));
	}

}

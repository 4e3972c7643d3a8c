package run.vendo.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.ServerException;
import run.vendo.error.UpstreamException;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Paging} and the walks along it.
 */
class PagingTests {

	@AutoClose
	private final StubServer server = StubServer.start();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.server.url()).build();

	record Item(int n) {

	}

	enum Kind {

		BLOCKING {
			@Override
			<T> List<Page<T>> pages(VendoClient client, Paging paging, Class<T> type) {
				return client.http().pages(paging, type).toList();
			}
		},

		REACTIVE {
			@Override
			<T> List<Page<T>> pages(VendoClient client, Paging paging, Class<T> type) {
				return client.reactive().http().pages(paging, type).collectList().block();
			}
		};

		abstract <T> List<Page<T>> pages(VendoClient client, Paging paging, Class<T> type);

		List<Integer> numbers(VendoClient client, Paging paging) {
			return pages(client, paging, Item.class).stream()
				.flatMap((page) -> page.items().stream())
				.map(Item::n)
				.toList();
		}

	}

	private static Map<String, String> query(Request request) {
		Map<String, String> query = new HashMap<>();
		for (String parameter : request.query().split("&")) {
			query.put(parameter.split("=")[0], parameter.split("=")[1]);
		}
		return query;
	}

	private void list(int size, BiFunction<String, Integer, String> shape) {
		list(size, Integer.MAX_VALUE, shape);
	}

	private void list(int size, int mostAtOnce, BiFunction<String, Integer, String> shape) {
		this.server.respond((request) -> {
			Map<String, String> query = query(request);
			int offset = Integer.parseInt(query.get("offset"));
			int limit = Math.min(mostAtOnce, Integer.parseInt(query.get("limit")));
			return Response.json(shape.apply(items(offset, Math.min(size, offset + limit)), size));
		});
	}

	private static String items(int from, int to) {
		return IntStream.range(from, Math.max(from, to)).mapToObj((n) -> "{\"n\":" + n + "}").toList().toString();
	}

	private static List<Integer> upTo(int size) {
		return IntStream.range(0, size).boxed().toList();
	}

	@ParameterizedTest
	@CsvSource({ "BLOCKING,0,1", "BLOCKING,1,1", "BLOCKING,9,1", "BLOCKING,10,2", "BLOCKING,11,2", "BLOCKING,30,4",
			"REACTIVE,0,1", "REACTIVE,9,1", "REACTIVE,10,2", "REACTIVE,11,2", "REACTIVE,30,4" })
	void withoutATotalAShortPartIsTheLast(Kind kind, int size, int requests) {
		list(size, (items, total) -> items);
		assertThat(kind.numbers(this.client, Paging.of("/x").pageSize(10))).isEqualTo(upTo(size));
		assertThat(this.server.count()).isEqualTo(requests);
	}

	@ParameterizedTest
	@CsvSource({ "BLOCKING,0,1", "BLOCKING,9,1", "BLOCKING,10,1", "BLOCKING,11,2", "BLOCKING,30,3", "REACTIVE,10,1",
			"REACTIVE,30,3" })
	void withATotalNothingIsAskedForBeyondIt(Kind kind, int size, int requests) {
		list(size, (items, total) -> "{\"items\":" + items + ",\"total\":" + total + "}");
		assertThat(kind.numbers(this.client, Paging.of("/x").pageSize(10))).isEqualTo(upTo(size));
		assertThat(this.server.count()).isEqualTo(requests);
	}

	@ParameterizedTest
	@EnumSource
	void whenThePlatformGivesLessAtOnceThanAskedForATotalSaysThatThereIsMore(Kind kind) {
		list(25, 10, (items, total) -> "{\"items\":" + items + ",\"total\":" + total + "}");
		assertThat(kind.numbers(this.client, Paging.of("/x"))).isEqualTo(upTo(25));
		assertThat(this.server.requests()).extracting((request) -> query(request).get("offset"))
			.containsExactly("0", "10", "20");
	}

	@ParameterizedTest
	@EnumSource
	void whenTheOffsetIsIgnoredShouldNotGoRound(Kind kind) {
		this.server.respond((request) -> Response.json(items(0, 10)));
		assertThat(kind.numbers(this.client, Paging.of("/x").pageSize(10))).isEqualTo(upTo(10));
		assertThat(this.server.count()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheListBeginsAnewAtItsEndShouldNotGoRound(Kind kind) {
		this.server.respond((request) -> {
			int offset = Integer.parseInt(query(request).get("offset")) % 20;
			return Response.json(items(offset, offset + 10));
		});
		assertThat(kind.numbers(this.client, Paging.of("/x").pageSize(10))).isEqualTo(upTo(20));
	}

	@ParameterizedTest
	@EnumSource
	void whenThePlatformSaysThatItGivesLessAtOnceAPartOfThatSizeIsNotTheLast(Kind kind) {
		list(25, 10, (items, total) -> "{\"items\":" + items + ",\"limit\":10}");
		assertThat(kind.numbers(this.client, Paging.of("/x"))).isEqualTo(upTo(25));
		assertThat(this.server.requests()).extracting((request) -> query(request).get("offset"))
			.containsExactly("0", "10", "20");
	}

	@ParameterizedTest
	@EnumSource
	void whenThePlatformGivesMoreThanItSaysAFullPartIsNotTheLast(Kind kind) {
		list(25, (items, total) -> "{\"items\":" + items + ",\"limit\":5}");
		assertThat(kind.numbers(this.client, Paging.of("/x").pageSize(10))).isEqualTo(upTo(25));
	}

	@Test
	void whatAPartCanHaveIsReadUnderTheParametersName() {
		assertThat(Paging.of("/x").limitField()).isEqualTo("limit");
		assertThat(Paging.of("/x").parameters("page[size]", "page[offset]").limitField()).isEqualTo("size");
		assertThat(Paging.of("/x").parameters("page.per_page", "o").limitField()).isEqualTo("per_page");
	}

	@ParameterizedTest
	@EnumSource
	void whenTheListGoesRoundWithoutItsFirstPartShouldNotGoRound(Kind kind) {
		this.server.respond((request) -> {
			int offset = Integer.parseInt(query(request).get("offset"));
			int at = (offset == 0) ? 0 : 10 + (offset - 10) % 20;
			return (offset > 1000) ? Response.json("[]") : Response.json(items(at, at + 10));
		});
		assertThat(kind.numbers(this.client, Paging.of("/x").pageSize(10))).isEqualTo(upTo(30));
		assertThat(this.server.count()).isEqualTo(4);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheTotalIsTooLargeAnEmptyPartEndsTheWalk(Kind kind) {
		list(10, (items, total) -> "{\"items\":" + items + ",\"total\":1000}");
		assertThat(kind.numbers(this.client, Paging.of("/x").pageSize(10))).isEqualTo(upTo(10));
		assertThat(this.server.count()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void namesAreAsTheEndpointHasThem(Kind kind) {
		this.server.respond((request) -> {
			Map<String, String> query = query(request);
			int offset = Integer.parseInt(query.get("page%5Boffset%5D"));
			return Response.json("{\"other\":[1],\"rows\":%s,\"count\":4}"
				.formatted(items(offset, Math.min(4, offset + Integer.parseInt(query.get("page%5Blimit%5D"))))));
		});
		Paging paging = Paging.of("/a/{b}", "c/d")
			.parameters("page[limit]", "page[offset]")
			.itemsField("rows")
			.totalField("count")
			.pageSize(2)
			.startAt(1)
			.query("q", "x y");
		List<Page<Item>> pages = kind.pages(this.client, paging, Item.class);
		assertThat(pages).extracting(Page::offset).containsExactly(1L, 3L);
		assertThat(pages).extracting(Page::limit).containsOnly(2);
		assertThat(pages).extracting(Page::total).containsOnly(4L);
		assertThat(pages.get(0).items()).containsExactly(new Item(1), new Item(2));
		assertThat(pages.get(1).items()).containsExactly(new Item(3));
		assertThat(this.server.requests())
			.allSatisfy((request) -> assertThat(request.path() + query(request).get("q")).isEqualTo("/a/c%2Fdx%20y"));
	}

	@Test
	void aStreamAsksForAPartWhenItComesToIt() {
		list(100, (items, total) -> items);
		Stream<Item> items = this.client.http()
			.pages(Paging.of("/x").pageSize(10), Item.class)
			.flatMap((page) -> page.items().stream());
		assertThat(this.server.count()).isZero();
		assertThat(items.limit(15).map(Item::n).toList()).isEqualTo(upTo(15));
		assertThat(this.server.count()).isEqualTo(2);
	}

	@Test
	void aFluxAsksForNothingWithoutDemandAndForOnePartAheadAtMost() {
		list(100, (items, total) -> items);
		StepVerifier.create(this.client.reactive().http().pages(Paging.of("/x").pageSize(10), Item.class), 0)
			.expectSubscription()
			.then(() -> assertThat(this.server.count()).isZero())
			.thenRequest(2)
			.expectNextCount(2)
			.thenCancel()
			.verify(java.time.Duration.ofMinutes(1));
		assertThat(this.server.count()).isBetween(2, 3);
	}

	@Test
	void eachWalkBeginsAnew() {
		list(15, (items, total) -> items);
		var pages = this.client.reactive().http().pages(Paging.of("/x").pageSize(10), Item.class);
		assertThat(pages.collectList().block()).isEqualTo(pages.collectList().block());
		assertThat(this.client.http().pages("/x", JsonNode.class)).hasSize(15);
		assertThat(this.client.reactive().http().pages("/x", Item.class).count().block()).isEqualTo(15);
	}

	@Test
	void manyWalksAtOnceDoNotMixTheirParts() throws Exception {
		list(95, (items, total) -> items);
		Paging paging = Paging.of("/x").pageSize(10);
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Callable<List<Integer>>> walks = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				Kind kind = Kind.values()[i % 2];
				walks.add(() -> kind.numbers(this.client, paging));
			}
			for (Future<List<Integer>> walk : executor.invokeAll(walks)) {
				assertThat(walk.get()).isEqualTo(upTo(95));
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"a\":[],\"b\":[]}", "\"x\"", "[{\"n\":\"one\"}]", "[null]" })
	void whenTheAnswerIsNoListShouldSaySo(String body) {
		this.server.respond((request) -> Response.json(body));
		for (Kind kind : Kind.values()) {
			assertThatExceptionOfType(UpstreamException.class)
				.isThrownBy(() -> kind.numbers(this.client, Paging.of("/x")))
				.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE));
		}
	}

	@Test
	void whenTheFieldIsNotThereShouldNameIt() {
		this.server.respond((request) -> Response.json("{\"items\":[]}"));
		assertThatExceptionOfType(UpstreamException.class)
			.isThrownBy(() -> Kind.BLOCKING.numbers(this.client, Paging.of("/x").itemsField("rows")))
			.withMessageContaining("'rows'");
	}

	@Test
	void whenAPartFailsShouldFailThere() {
		this.server.respond((request) -> query(request).get("offset").equals("0") ? Response.json(items(0, 10))
				: Response.status(500));
		List<Integer> seen = new ArrayList<>();
		assertThatExceptionOfType(ServerException.class).isThrownBy(() -> this.client.http()
			.pages(Paging.of("/x").pageSize(10), Item.class)
			.forEach((page) -> page.items().forEach((item) -> seen.add(item.n()))));
		assertThat(seen).isEqualTo(upTo(10));
	}

	@Test
	void aPartHasABoundedSize() {
		assertThatIllegalArgumentException().isThrownBy(() -> Paging.of("/x").pageSize(0));
		assertThatIllegalArgumentException().isThrownBy(() -> Paging.of("/x").pageSize(1001));
		assertThatIllegalArgumentException().isThrownBy(() -> Paging.of("/x").startAt(-1));
	}

}

package run.vendo.sample;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import run.vendo.connection.ConnectionStatus;
import run.vendo.test.VendoPlatform;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The console in a browser.
 */
@ExtendWith(Chromium.class)
// Outages are long enough to be seen on a busy machine.
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "sample.demo-outage=8s", "sample.demo-interruption=5s", "vendo.events.max-backoff=1s",
				"vendo.events.max-reconnects=-1" })
@DirtiesContext
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class ConsoleBrowserTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	@Autowired
	private VendoPlatform platform;

	@Autowired
	private ActivityLog log;

	@Value("${local.server.port}")
	private int port;

	private Browser browser;

	private Line line;

	@BeforeAll
	void start(@TempDir Path profile) {
		this.browser = new Browser(profile);
		this.line = new Line(this.port);
	}

	@AfterAll
	void stop() {
		this.browser.close();
		this.line.close();
	}

	@BeforeEach
	void open() {
		this.platform.clearFaults();
		this.platform.acceptStreams();
		this.platform.awaitStreams(1, WAIT);
		this.platform.rateLimits(false);
		this.platform.connect("openai");
		this.platform.connect("supabase");
		this.platform.connect("slack");
		this.platform.needsReauth("slack");
		this.platform.balance(12_500_000);
		awaitNews();
		this.browser.desktop();
		this.browser.openLive(page("/"));
		this.browser.errors();
		this.browser.requests();
	}

	// What has happened before is not to change the page while it is looked at.
	private void awaitNews() {
		String last = this.platform.emit("test.fence", Map.of()).id();
		Awaitility.await()
			.atMost(WAIT)
			.until(() -> this.log.latest(null).stream().anyMatch((entry) -> last.equals(entry.id())));
		this.platform.awaitWebhooks(WAIT);
	}

	@AfterEach
	void leave() {
		this.browser.open(URI.create("about:blank"));
	}

	@Test
	void cardsChangeByThemselves() {
		this.platform.error("openai", "The key has no credit");
		this.browser.awaitText("#card-openai", "The key has no credit");
		this.browser.awaitText("#card-openai .status", "error");
		this.platform.connect("openai");
		this.browser.awaitText("#card-openai .status", "connected");
		this.platform.connect("github");
		this.browser.awaitText("#card-github", "Github");
		this.platform.disconnect("github");
		this.browser.await("no card", () -> !this.browser.has("#card-github"));
		assertClean();
	}

	@Test
	void everyProviderHasAPicture() {
		this.browser.openLive(page("/"));
		for (String slug : List.of("openai", "supabase", "slack")) {
			this.browser.await("a picture of " + slug, () -> this.browser.isDrawn("#card-" + slug + " img"));
		}
		assertClean();
	}

	@Test
	void approvalInThePopupEndsInAConnectedCard() {
		this.browser.inPopup(() -> this.browser.press("#connect-slack"), () -> {
			this.browser.awaitText("h1", "Connect Slack");
			this.browser.click("button.primary");
		});
		this.browser.awaitText("#card-slack .status", "connected");
		assertThat(this.browser.title()).startsWith("Connections");
		assertThat(this.browser.errors()).isEmpty();
	}

	@Test
	void denialInThePopupIsSaidThere() {
		this.browser.inPopup(() -> this.browser.press("#connect-slack"), () -> {
			this.browser.awaitText("h1", "Connect Slack");
			this.browser.click("button:not(.primary)");
			this.browser.awaitText("h1", "Not connected");
			assertThat(this.browser.accessibilityProblems()).isEmpty();
			this.browser.closeWindow();
		});
		assertThat(this.browser.text("#card-slack .status")).contains("needs reauth");
	}

	@Test
	void tokenIsMaskedAndANewOneComesAtThePressOfAButton() {
		String before = this.browser.text("#card-openai code");
		assertThat(before).hasSize(5).startsWith("…");
		this.browser.enter("#invalidate-openai");
		this.browser.await("another token",
				() -> this.browser.has("#card-openai code") && !this.browser.text("#card-openai code").equals(before));
		this.browser.awaitIdle();
		assertThat(this.browser.focused()).isEqualTo("invalidate-openai");
		assertThat(this.browser.text("#card-openai time")).containsAnyOf("now", "ago");
		assertThat(this.browser.text("#card-openai .token")).containsPattern("Expires\\s+in (59 min|1 hr)");
		assertThat(this.browser.source()).doesNotContain(this.platform.token("openai"))
			.doesNotContain(this.platform.apiKey());
		assertClean();
	}

	@Test
	void pressIsNotLostWhileThatPartOfThePageIsBeingReplaced() {
		String before = this.browser.text("#card-openai code");
		this.browser.run("htmx.trigger(document.body, 'connections'); htmx.trigger(document.body, 'connections');"
				+ " document.getElementById('invalidate-openai').click();");
		this.browser.await("another token",
				() -> this.browser.has("#card-openai code") && !this.browser.text("#card-openai code").equals(before));
		assertClean();
	}

	@Test
	void controlsDriveTheConnections() {
		this.browser.choose("#demo-slug", "supabase");
		this.browser.click("#demo-consent");
		this.browser.awaitText("#answer", "supabase needs its user's consent again");
		this.browser.awaitText("#card-supabase .status", "needs reauth");
		this.browser.click("#demo-revoke");
		this.browser.awaitText("#card-supabase .status", "revoked");
		this.browser.click("#demo-fail");
		this.browser.awaitText("#card-supabase", "The provider has not answered");
		this.browser.click("#demo-connect");
		this.browser.awaitText("#card-supabase .status", "connected");
		String token = this.browser.text("#card-supabase code");
		this.browser.click("#demo-expire");
		this.browser.await("another token", () -> this.browser.has("#card-supabase code")
				&& !this.browser.text("#card-supabase code").equals(token));
		assertClean();
	}

	@Test
	void balanceFollowsWhatIsSpent() {
		this.browser.awaitText("#balance .number", "12.50");
		this.browser.click("#demo-spend");
		this.browser.awaitText("#balance .number", "12.00");
		this.browser.awaitText("#activity", "openai has cost 0.50 USD");
		assertThat(this.browser.attribute("#balance polyline", "points").split(" ")).hasSizeGreaterThan(3);
		this.browser.click("#demo-low");
		this.browser.awaitText("#balance .pill", "low");
		this.browser.click("#demo-exhaust");
		this.browser.awaitText("#balance .pill", "exhausted");
		this.browser.click("#demo-refill");
		this.browser.awaitText("#balance .pill", "available");
		assertThat(this.browser.attribute("#balance a.button", "href")).startsWith("http");
		this.platform.spendCaps(1_000_000L, null);
		this.browser.click("#demo-spend-more");
		this.browser.awaitText("#balance", "of 1.00");
		assertThat(this.browser.attribute("#cap-0", "value")).isEqualTo("100");
		this.platform.spendCaps(5_000_000L, 50_000_000L);
		assertClean();
	}

	@Test
	void refusedWebhooksAreShownWithTheReason() {
		this.browser.click("#demo-signed");
		this.browser.awaitText("#answer", "Signed by the platform: answered with 200");
		this.browser.awaitText("#activity", "demo.greeting");
		this.browser.click("#demo-forged");
		this.browser.awaitText("#activity", "Webhook refused: The signature does not belong to this body");
		this.browser.click("#demo-replayed");
		this.browser.awaitText("#activity", "signed 86400 s ago");
		this.browser.click("#filters input[value=REFUSED]");
		this.browser.await("refused ones only", () -> !this.browser.has("#activity li:not(.refused)"));
		this.browser.click("#demo-signed");
		this.browser.awaitText("#answer", "Signed by the platform: answered with 200");
		this.browser.click("#demo-forged");
		this.browser.awaitText("#answer", "Forged");
		this.browser.awaitText("#announcement", "Webhook refused");
		assertThat(this.browser.has("#activity li:not(.refused)")).isFalse();
		assertClean();
	}

	@Test
	void everyUserHasConnectionsOfTheirOwn() {
		assertThat(this.browser.has("#card-notion")).isFalse();
		this.browser.click(".users button[value=alice]");
		this.browser.awaitText(".whose", "of Alice");
		this.browser.awaitText("#card-notion .status", "connected");
		assertThat(this.browser.has("a[data-popup]")).isFalse();
		this.browser.click(".users button[value=bob]");
		this.browser.awaitText(".whose", "of Bob");
		assertThat(this.browser.has("#card-notion")).isFalse();
		this.browser.awaitText("#card-gmail .status", "needs reauth");
		this.browser.awaitText("#live", "live");
		this.browser.awaitIdle();
		this.browser.choose("#demo-slug", "gmail");
		this.browser.click("#demo-connect");
		this.browser.awaitText("#card-gmail .status", "connected");
		assertThat(this.platform.status("gmail")).isEqualTo(ConnectionStatus.AVAILABLE);
		this.platform.user("bob").needsReauth("gmail");
		this.browser.awaitText("#card-gmail .status", "needs reauth");
		this.browser.click(".users button[value='']");
		this.browser.awaitText(".whose", "of the application");
		assertThat(this.browser.has("#card-gmail")).isFalse();
		assertClean();
	}

	@Test
	void interruptionOfTheEventStreamIsShownAndSoIsItsEnd() {
		this.browser.click("#demo-interrupt");
		this.browser.awaitText("#stream", "interrupted");
		assertThat(this.browser.text("#live")).contains("live");
		this.platform.connect("github");
		this.browser.awaitText("#stream", "recovered after");
		this.browser.awaitText("#card-github .status", "connected");
		this.browser.awaitText("#activity", "The event stream is back");
		this.platform.disconnect("github");
		assertClean();
	}

	@Test
	void interruptionOfThePageIsShownAndWhatItMissedComesAfterwards() {
		this.browser.openLive(URI.create("http://localhost:%d/".formatted(this.line.port())));
		this.line.cut();
		this.browser.awaitText("#live", "interrupted");
		this.platform.error("openai", "Went wrong while nobody looked");
		assertThat(this.browser.text("#card-openai")).doesNotContain("nobody looked");
		this.line.mend();
		this.browser.awaitText("#live", "live again after");
		this.browser.awaitText("#card-openai", "Went wrong while nobody looked");
	}

	@Test
	void worksOnAnotherPortThanItsOwn() {
		this.browser.openLive(URI.create("http://localhost:%d/".formatted(this.line.port())));
		this.browser.click("#demo-signed");
		this.browser.awaitText("#answer", "Signed by the platform: answered with 200");
		this.browser.click(".users button[value=alice]");
		this.browser.awaitText(".whose", "of Alice");
		this.browser.click(".users button[value='']");
		this.browser.awaitText(".whose", "of the application");
		this.browser.inPopup(() -> this.browser.press("#connect-slack"), () -> {
			this.browser.awaitText("h1", "Connect Slack");
			this.browser.click("button.primary");
		});
		this.browser.awaitText("#card-slack .status", "connected");
		assertThat(this.browser.errors()).isEmpty();
	}

	@Test
	void outageOfThePlatformIsSaidAndGoesAway() {
		this.browser.click("#demo-outage");
		this.browser.awaitText("#connections .failure", "503");
		assertThat(this.browser.accessibilityProblems()).isEmpty();
		this.browser.awaitText("#card-openai .status", "connected");
		assertThat(this.browser.has("#connections .failure")).isFalse();
		assertClean();
	}

	@Test
	void operationsShowHealthAndMeters() {
		this.browser.openLive(page("/operations"));
		assertThat(this.browser.text("#health")).contains("up");
		assertThat(this.browser.text("#health")).contains("vendoEvents");
		assertThat(this.browser.text("#meters")).contains("vendo.");
		this.browser.awaitText("#endpoint pre", "\"mode\": \"vendo\"");
		assertThat(this.browser.text("#endpoint pre")).doesNotContain(this.platform.apiKey());
		assertThat(this.browser.accessibilityProblems()).isEmpty();
		this.browser.screenshot("operations");
		this.browser.phone();
		assertThat(this.browser.scrollsSideways()).isFalse();
		assertClean();
	}

	@Test
	void keyboardComesToTheContentFirst() {
		this.browser.tab();
		assertThat(this.browser.focused()).isEqualTo("skip");
	}

	@Test
	void everybodyCanUseItAtAnyWidthAndInTheDark() {
		this.browser.click("#demo-spend");
		this.browser.awaitText("#answer", "Spent");
		this.browser.click("#demo-forged");
		this.browser.awaitText("#answer", "Forged");
		this.browser.awaitText("#activity", "Webhook refused");
		this.browser.click("#demo-signed");
		this.browser.awaitText("#answer", "Signed");
		this.browser.awaitIdle();
		assertGood("console");
		this.browser.scheme("dark");
		assertGood("console-dark");
		this.browser.phone();
		assertGood("console-phone-dark");
		this.browser.scheme("light");
		assertGood("console-phone");
		assertClean();
	}

	private void assertGood(String name) {
		assertThat(this.browser.accessibilityProblems()).as(name).isEmpty();
		assertThat(this.browser.scrollsSideways()).as(name + " scrolls sideways").isFalse();
		this.browser.screenshot(name);
	}

	/**
	 * Assert that the page has asked nobody but the application, and that the browser has
	 * nothing to complain about.
	 */
	private void assertClean() {
		assertThat(this.browser.errors()).isEmpty();
		List<String> requests = this.browser.requests();
		assertThat(requests).isNotEmpty().allMatch((url) -> url.startsWith(page("/").toString()));
	}

	private URI page(String path) {
		return URI.create("http://localhost:%d%s".formatted(this.port, path));
	}

}

package run.vendo.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.logging.Level;

import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchWindowException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A headless Chromium, and what a person does with it.
 */
final class Browser implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private static final JsonMapper JSON = JsonMapper.shared();

	private final ChromeDriver driver;

	private final List<String> requests = new ArrayList<>();

	private final List<String> errors = new ArrayList<>();

	Browser(Path profile) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(Chromium.browser().orElseThrow().toFile());
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
				"--disable-dev-shm-usage", "--user-data-dir=" + profile);
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		logs.enable(LogType.PERFORMANCE, Level.ALL);
		options.setCapability("goog:loggingPrefs", logs);
		this.driver = new ChromeDriver(
				new ChromeDriverService.Builder().usingDriverExecutable(Chromium.driver().orElseThrow().toFile())
					.usingAnyFreePort()
					.withTimeout(PATIENCE)
					.build(),
				options);
		this.driver.manage().timeouts().scriptTimeout(PATIENCE);
		desktop();
	}

	void desktop() {
		size(1280, 900, false);
		scheme("light");
	}

	void phone() {
		size(390, 844, true);
	}

	private void size(int width, int height, boolean mobile) {
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", mobile));
	}

	void scheme(String scheme) {
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme),
						Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
	}

	void open(URI address) {
		this.driver.get(address.toString());
	}

	/**
	 * Open a page and wait until it changes by itself, and has asked for all of its parts
	 * as it does at the beginning.
	 */
	void openLive(URI address) {
		open(address);
		awaitText("#live", "live");
		await("the first look at the parts", () -> Boolean.TRUE.equals(this.driver.executeScript("""
				return performance.getEntriesByType('resource').some((entry) => entry.name.includes('/parts/stream'));
				""")));
		awaitIdle();
	}

	/**
	 * Wait until no part of the page is being asked for, or about to be, now and a moment
	 * ago.
	 */
	void awaitIdle() {
		await("the page to be quiet", () -> Boolean.TRUE.equals(this.driver.executeAsyncScript("""
				const done = arguments[arguments.length - 1];
				requestAnimationFrame(() => requestAnimationFrame(() =>
					done(waiting.size === 0
						&& document.querySelector('.htmx-request, .htmx-settling, .htmx-swapping') === null)));
				""")));
	}

	void click(String selector) {
		await("something to click at " + selector, () -> {
			WebElement element = this.driver.findElement(By.cssSelector(selector));
			try {
				element.click();
			}
			catch (NoSuchWindowException ex) {
				// The click has closed it.
			}
			return true;
		});
	}

	/**
	 * Click on something in a part of the page that may just be replaced.
	 */
	void press(String selector) {
		press(selector, WebElement::click);
	}

	void run(String script) {
		this.driver.executeScript(script);
	}

	void tab() {
		this.driver.switchTo().activeElement().sendKeys(Keys.TAB);
	}

	/**
	 * Go to something and press the enter key there.
	 */
	void enter(String selector) {
		press(selector, (element) -> element.sendKeys(Keys.ENTER));
	}

	private void press(String selector, Consumer<WebElement> press) {
		// A part of the page that is being replaced takes a press with it.
		await("something to press at " + selector, () -> {
			this.driver.executeScript("""
					const selector = arguments[0];
					window.pressed = false;
					document.addEventListener('click', (event) => {
						window.pressed = event.target.closest(selector) !== null;
					}, { capture: true, once: true });
					""", selector);
			press.accept(this.driver.findElement(By.cssSelector(selector)));
			return Boolean.TRUE.equals(this.driver.executeScript("return window.pressed"));
		});
	}

	void choose(String selector, String value) {
		this.driver.executeScript("document.querySelector(arguments[0]).value = arguments[1]", selector, value);
	}

	String focused() {
		return String
			.valueOf(this.driver.executeScript("return document.activeElement.id || document.activeElement.className"));
	}

	String text(String selector) {
		return String.valueOf(
				this.driver.executeScript("return document.querySelector(arguments[0])?.innerText ?? ''", selector));
	}

	String attribute(String selector, String name) {
		return String.valueOf(this.driver.executeScript(
				"return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? ''", selector, name));
	}

	String source() {
		return String.valueOf(this.driver.executeScript("return document.documentElement.outerHTML"));
	}

	String title() {
		return String.valueOf(this.driver.getTitle());
	}

	boolean has(String selector) {
		return Boolean.TRUE
			.equals(this.driver.executeScript("return document.querySelector(arguments[0]) !== null", selector));
	}

	boolean isDrawn(String image) {
		return Boolean.TRUE.equals(this.driver.executeScript(
				"const image = document.querySelector(arguments[0]); return image?.naturalWidth > 0;", image));
	}

	boolean scrollsSideways() {
		return Boolean.TRUE.equals(this.driver
			.executeScript("return document.documentElement.scrollWidth > document.documentElement.clientWidth"));
	}

	void awaitText(String selector, String text) {
		try {
			await("'" + text + "' at " + selector, () -> text(selector).contains(text));
		}
		catch (AssertionError ex) {
			throw new AssertionError(ex.getMessage() + ", but there is '" + text(selector) + "'", ex);
		}
	}

	void awaitNoText(String selector, String text) {
		await("no '" + text + "' at " + selector, () -> !text(selector).contains(text));
	}

	void await(String what, BooleanSupplier condition) {
		new WebDriverWait(this.driver, PATIENCE, Duration.ofMillis(50)).ignoring(StaleElementReferenceException.class)
			.ignoring(WebDriverException.class)
			.withMessage("Waited for " + what)
			.until((driver) -> condition.getAsBoolean());
	}

	/**
	 * Do something in the window that opens next, and come back when it has closed.
	 */
	void inPopup(Runnable opens, Runnable work) {
		String here = this.driver.getWindowHandle();
		opens.run();
		await("a window", () -> this.driver.getWindowHandles().size() == 2);
		this.driver.switchTo()
			.window(this.driver.getWindowHandles()
				.stream()
				.filter((handle) -> !handle.equals(here))
				.findFirst()
				.orElseThrow());
		try {
			work.run();
		}
		finally {
			await("the window to close", () -> this.driver.getWindowHandles().size() == 1);
			this.driver.switchTo().window(here);
		}
	}

	void closeWindow() {
		this.driver.close();
	}

	/**
	 * Return what is wrong for people who do not see, or use no mouse, in the judgement
	 * of axe.
	 */
	List<String> accessibilityProblems() {
		this.driver.executeScript(axe());
		Object problems = this.driver.executeAsyncScript("""
				const done = arguments[arguments.length - 1];
				axe.run({ resultTypes: ['violations'] }).then((results) => done(results.violations
					.filter((violation) => ['serious', 'critical'].includes(violation.impact))
					.flatMap((violation) => violation.nodes.map((node) =>
						`${violation.id} (${violation.impact}): ${node.html} ${node.failureSummary}`))));
				""");
		return ((List<?>) problems).stream().map(String::valueOf).toList();
	}

	private static String axe() {
		try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
			assertThat(script).as("axe").isNotNull();
			return new String(script.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	void screenshot(String name) {
		try {
			this.driver.executeScript("document.activeElement.blur(); scrollTo(0, 0)");
			Path file = Path.of("target", "screenshots", name + ".png");
			Files.createDirectories(file.getParent());
			Files.write(file, this.driver.getScreenshotAs(OutputType.BYTES));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the errors on the console since this was asked last.
	 */
	List<String> errors() {
		collect();
		List<String> errors = List.copyOf(this.errors);
		this.errors.clear();
		return errors;
	}

	/**
	 * Return what was requested since this was asked last.
	 */
	List<String> requests() {
		collect();
		List<String> requests = List.copyOf(this.requests);
		this.requests.clear();
		return requests;
	}

	private void collect() {
		for (LogEntry entry : this.driver.manage().logs().get(LogType.BROWSER)) {
			if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
				this.errors.add(entry.getMessage());
			}
		}
		for (LogEntry entry : this.driver.manage().logs().get(LogType.PERFORMANCE)) {
			JsonNode message = JSON.readTree(entry.getMessage()).path("message");
			if (message.path("method").asString("").equals("Network.requestWillBeSent")) {
				this.requests.add(message.at("/params/request/url").asString(""));
			}
		}
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}

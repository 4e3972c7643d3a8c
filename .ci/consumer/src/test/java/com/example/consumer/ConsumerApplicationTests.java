package com.example.consumer;

import org.junit.jupiter.api.Test;
import run.vendo.ReactiveVendoClient;
import run.vendo.test.VendoPlatform;
import run.vendo.test.autoconfigure.AutoConfigureVendoPlatform;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
@AutoConfigureVendoPlatform
class ConsumerApplicationTests {

	@Autowired
	private VendoPlatform platform;

	@Autowired
	private ConsumerApplication.Chat chat;

	@Autowired
	private ReactiveVendoClient reactive;

	@Test
	void getsATokenFromTheSimulator() {
		this.platform.connect("openai");
		assertThat(this.chat.openAiToken()).isEqualTo(this.platform.token("openai"));
		assertThat(this.reactive.token("openai").block()).isEqualTo(this.platform.token("openai"));
		assertThat(this.platform.requestCount("/openai")).isPositive();
	}

}
